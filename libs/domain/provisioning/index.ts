export * from './jobs/cancel-job.usecase.js';
export * from './jobs/job.queries.js';
export type { JobStatus } from './jobs/job.states.js';
export type { JobView, ProvisioningRequest, StepView } from './jobs/job.view.js';
export { RequestProvisioning, type RequestProvisioningInput } from './jobs/request-provisioning.usecase.js';
export * from './jobs/retry-job.usecase.js';
export * from './provisioning.module.js';
