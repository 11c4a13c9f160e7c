import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { ServicesModule } from '@isp/domain/services';
import { CancelJob } from './jobs/cancel-job.usecase.js';
import { JobOutcome } from './jobs/job-outcome.js';
import { JobQueries } from './jobs/job.queries.js';
import { JobRepository } from './jobs/job.repository.js';
import { ProvisioningPace } from './jobs/provisioning-pace.js';
import { ProvisioningOrders } from './jobs/provisioning-orders.js';
import { RequestProvisioning } from './jobs/request-provisioning.usecase.js';
import { RetryJob } from './jobs/retry-job.usecase.js';
import { RunJobHandler } from './jobs/run-job.job.js';
import { RunJob } from './jobs/run-job.usecase.js';

const useCases = [RequestProvisioning, CancelJob, RetryJob, JobQueries];

@Module({
  imports: [CustomersModule, NetworkModule, ServicesModule],
  providers: [JobRepository, ProvisioningPace, ProvisioningOrders, ...useCases],
  exports: useCases,
})
export class ProvisioningModule {}

@Module({
  imports: [CustomersModule, NetworkModule, ServicesModule],
  providers: [JobRepository, JobOutcome, RunJob, RunJobHandler],
})
export class ProvisioningWorkerModule {}
