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
  'provisioning.voice.no_number': {
    kind: 'unprocessable',
    message: 'The voice service has no telephone number; order it with one.',
  },
  'provisioning.voice.number_taken': { kind: 'conflict', message: 'The number is registered for another service.' },
  'provisioning.voice.not_yet_ported': {
    kind: 'unprocessable',
    message: 'The number is ported on {date}; schedule the job for then.',
  },
  'provisioning.voice.mismatch': { kind: 'internal', message: 'The softswitch does not do what it was told.' },
  'provisioning.service.bundle_parts': {
    kind: 'unprocessable',
    message: 'A bundle is provisioned by its parts; this one has none that waits for it.',
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
