import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { ServicesModule } from '@isp/domain/services';
import { WakeListener } from '@isp/platform/work';
import { CancelJob } from './jobs/cancel-job.usecase.js';
import { DeprovisionTerminatedListener } from './jobs/deprovision-terminated.listener.js';
import { HoldJob, ReleaseJob } from './jobs/hold-job.usecase.js';
import { JobOutcome } from './jobs/job-outcome.js';
import { JobQueries } from './jobs/job.queries.js';
import { JobWatch } from './jobs/job-watch.js';
import { JobRepository } from './jobs/job.repository.js';
import { PlaceJob } from './jobs/place-job.js';
import { ProvisioningOrders } from './jobs/provisioning-orders.js';
import { ProvisioningPace } from './jobs/provisioning-pace.js';
import { ProvisioningWork } from './jobs/provisioning-work.js';
import { RequestDeprovisioning } from './jobs/request-deprovisioning.usecase.js';
import { RequestMove } from './jobs/request-move.usecase.js';
import { RequestProvisioning } from './jobs/request-provisioning.usecase.js';
import { RescheduleJob } from './jobs/reschedule-job.usecase.js';
import { ResolveStep } from './jobs/resolve-step.usecase.js';
import { RetryJob } from './jobs/retry-job.usecase.js';
import { RollBack } from './jobs/roll-back.js';
import { RollBackJob } from './jobs/roll-back-job.usecase.js';
import { RunJobHandler } from './jobs/run-job.job.js';
import { RunJobs } from './jobs/run-jobs.usecase.js';
import { DeprovisionSaga } from './kinds/deprovision.saga.js';
import { JOB_SAGAS, type JobSaga } from './kinds/job-saga.js';
import { MoveSaga } from './kinds/move.saga.js';
import { ProvisionSaga } from './kinds/provision.saga.js';
import { RouterAccess } from './kinds/router-access.js';
import { SoldRequest } from './kinds/sold-request.js';
import { VoiceDeprovisionSaga } from './kinds/voice-deprovision.saga.js';
import { VoiceProvisionSaga } from './kinds/voice-provision.saga.js';
import { FollowVoiceHandler, FollowVoiceListener } from './voice/follow-voice.job.js';
import { SimulatedSoftswitch } from './voice/simulated-softswitch.adapter.js';
import { VoiceAccounts } from './voice/voice-accounts.js';
import { VOICE_DRIVER } from './voice/voice-driver.port.js';

const sagas = [ProvisionSaga, DeprovisionSaga, MoveSaga, VoiceProvisionSaga, VoiceDeprovisionSaga];
const useCases = [
  RequestProvisioning,
  RequestMove,
  RequestDeprovisioning,
  CancelJob,
  RetryJob,
  HoldJob,
  ReleaseJob,
  ResolveStep,
  RescheduleJob,
  RollBackJob,
  JobQueries,
  JobWatch,
];

@Module({
  imports: [CustomersModule, NetworkModule, ServicesModule],
  providers: [
    JobRepository,
    WakeListener,
    ProvisioningPace,
    ProvisioningOrders,
    ProvisioningWork,
    PlaceJob,
    RouterAccess,
    VoiceAccounts,
    SoldRequest,
    { provide: VOICE_DRIVER, useClass: SimulatedSoftswitch },
    ...sagas,
    { provide: JOB_SAGAS, useFactory: (...all: JobSaga[]) => all, inject: sagas },
    JobOutcome,
    ...useCases,
  ],
  exports: [...useCases, JobRepository, JobOutcome, VoiceAccounts, VOICE_DRIVER],
})
export class ProvisioningModule {}

@Module({
  imports: [ProvisioningModule, NetworkModule, ServicesModule],
  providers: [RollBack, RunJobs, RunJobHandler, DeprovisionTerminatedListener, FollowVoiceListener, FollowVoiceHandler],
})
export class ProvisioningWorkerModule {}
