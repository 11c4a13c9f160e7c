import { defineErrors } from '@isp/kernel';

export const jobErrors = defineErrors({
  'provisioning.job.not_found': { kind: 'not_found', message: 'Provisioning job not found' },
  'provisioning.job.under_way': { kind: 'conflict', message: 'A provisioning job for this service is under way.' },
  'provisioning.job.not_cancellable': { kind: 'conflict', message: 'A job that is {status} cannot be cancelled.' },
  'provisioning.job.not_retryable': { kind: 'conflict', message: 'A job that is {status} cannot be retried.' },
  'provisioning.job.not_reversible': { kind: 'conflict', message: 'There is nothing that could be rolled back.' },
  'provisioning.job.not_holdable': { kind: 'conflict', message: 'A job that is {status} cannot be held.' },
  'provisioning.job.held_already': { kind: 'conflict', message: 'The job is held already.' },
  'provisioning.job.not_held': { kind: 'conflict', message: 'The job is not held.' },
  'provisioning.job.not_reschedulable': { kind: 'conflict', message: 'Only a job that waits can be rescheduled.' },
  'provisioning.step.not_open': { kind: 'conflict', message: 'The job does not wait for the step {step}.' },
  'provisioning.schedule.in_the_past': { kind: 'unprocessable', message: 'The job must be scheduled for the future.' },
  'provisioning.service.no_voice_driver': {
    kind: 'unprocessable',
    message: 'No voice switch is connected that this service could be registered at.',
  },
  'provisioning.service.bundle_parts': {
    kind: 'unprocessable',
    message: 'A bundle is provisioned by its parts; this one has none that the network carries.',
  },
  'provisioning.service.not_on_the_network': {
    kind: 'unprocessable',
    message: 'The service is not on the network; provision it first.',
  },
  'provisioning.service.not_in_state': {
    kind: 'conflict',
    message: 'A service that is {status} has nothing to {kind}.',
  },
});
