import { defineErrors } from '@isp/kernel';

export const jobErrors = defineErrors({
  'provisioning.job.not_found': { kind: 'not_found', message: 'Provisioning job not found' },
  'provisioning.job.under_way': { kind: 'conflict', message: 'A provisioning job for this service is under way.' },
  'provisioning.job.not_cancellable': { kind: 'conflict', message: 'A job that is {status} cannot be cancelled.' },
  'provisioning.job.not_retryable': { kind: 'conflict', message: 'A job that is {status} cannot be retried.' },
  'provisioning.schedule.in_the_past': { kind: 'unprocessable', message: 'The job must be scheduled for the future.' },
  'provisioning.service.not_internet': {
    kind: 'unprocessable',
    message: 'Only internet services are provisioned on the network so far.',
  },
});
