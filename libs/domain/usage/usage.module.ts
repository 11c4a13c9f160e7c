import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { PartnersModule } from '@isp/domain/partners';
import { ServicesModule } from '@isp/domain/services';
import { BandwidthQueries } from './bandwidth/bandwidth.queries.js';
import { SampleBandwidth } from './bandwidth/sample-bandwidth.usecase.js';
import { LocalDays } from './figures/local-days.js';
import { UsageReport } from './figures/usage-report.queries.js';
import { UsageQueries } from './figures/usage.queries.js';
import { EnforceLimits } from './limits/enforce-limits.usecase.js';
import { LimitEffects } from './limits/limit-effects.js';
import { RestoreUsage } from './limits/restore-usage.usecase.js';
import { ThrottleForPayment } from './limits/throttle-for-payment.js';
import { ThrottlingQueries } from './limits/throttling.queries.js';
import { EnforceLimitsSchedule, ForgetSamplesSchedule, SampleBandwidthSchedule } from './usage.schedule.js';

const DOOR = [
  UsageQueries,
  UsageReport,
  BandwidthQueries,
  ThrottlingQueries,
  RestoreUsage,
  ThrottleForPayment,
  SampleBandwidth,
  EnforceLimits,
];

/** How much services carry and how fast, and what happens at the limits of their plans. */
@Module({
  imports: [CustomersModule, NetworkModule, PartnersModule, ServicesModule],
  providers: [...DOOR, LocalDays, LimitEffects],
  exports: DOOR,
})
export class UsageModule {}

@Module({ imports: [UsageModule], providers: [SampleBandwidthSchedule, EnforceLimitsSchedule, ForgetSamplesSchedule] })
export class UsageWorkerModule {}
