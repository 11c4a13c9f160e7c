/** The queues that carry work. One BullMQ queue each; the promise itself is a row in PostgreSQL. */
export const QUEUES = [
  'events',
  'provisioning',
  'network',
  'billing',
  'webhooks',
  'notifications',
  'schedules',
] as const;

export type QueueName = (typeof QUEUES)[number];

/** Work priorities of the core API, most urgent first. */
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;

export type Priority = (typeof PRIORITIES)[number];
