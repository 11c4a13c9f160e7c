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

/** The same as a number, as the order flow has it. */
export const SERVICE_STATUS_IDS: Readonly<Record<ServiceStatus, number>> = {
  pending_activation: 2,
  provisioning: 3,
  active: 4,
  suspended: 5,
  failed: 6,
  terminated: 7,
};

export const SERVICE_STATUS_WORDS = Object.values(SERVICE_WORDS);

/** The state that a word of the documents means. */
export function serviceStatusOf(word: string): ServiceStatus | undefined {
  const [status] = Object.entries(SERVICE_WORDS).find(([, known]) => known === word) ?? [];
  return status as ServiceStatus | undefined;
}
