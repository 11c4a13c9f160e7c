import type { ServiceStatus } from '@isp/domain/services';

/** The state of a service as the documents word it. */
export const SERVICE_WORDS: Readonly<Record<ServiceStatus, string>> = {
  pending_activation: 'Pending installation',
  provisioning: 'Provisioning',
  active: 'Active',
  suspended: 'Suspended',
  terminated: 'Cancelled',
  failed: 'Provisioning failed',
};
