import { Module } from '@nestjs/common';
import { TicketsModule } from '@isp/domain/tickets';
import { SlaDesk } from './metrics/sla-desk.queries.js';
import { SlaMetrics } from './metrics/sla-metrics.queries.js';
import { CheckBreachesSchedule } from './sweeps/check-breaches.schedule.js';
import { CheckBreaches } from './sweeps/check-breaches.usecase.js';
import { SweepRepository } from './sweeps/sweep.repository.js';

const DOOR = [CheckBreaches, SlaMetrics, SlaDesk];

/** Whether what was promised about tickets is kept. */
@Module({ imports: [TicketsModule], providers: [...DOOR, SweepRepository], exports: DOOR })
export class SlaModule {}

@Module({ imports: [SlaModule], providers: [CheckBreachesSchedule] })
export class SlaWorkerModule {}
