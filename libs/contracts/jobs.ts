import { z } from 'zod';
import type { QueueName } from './queues.js';

interface JobSpec {
  readonly queue: QueueName;
  /** Ids only: whatever else a handler needs it reads, inside its own walls, when it runs. */
  readonly payload: z.ZodType<Record<string, string | number>>;
}

/** Every kind of accepted work, with the queue that carries it and its payload. Each has exactly one handler. */
export const JOBS = {
  'platform.listener': { queue: 'events', payload: z.strictObject({ listener: z.string(), outbox_id: z.string() }) },
  'platform.schedule': { queue: 'schedules', payload: z.strictObject({ schedule: z.string() }) },
  'provisioning.run': { queue: 'provisioning', payload: z.strictObject({ provisioning_job_id: z.int() }) },
  'provisioning.voice': { queue: 'provisioning', payload: z.strictObject({ service_id: z.int() }) },
  'network.converge': { queue: 'network', payload: z.strictObject({ service_id: z.int() }) },
  'network.read-back': { queue: 'network', payload: z.strictObject({ service_id: z.int() }) },
  'network.configure_cpe': { queue: 'network', payload: z.strictObject({ service_id: z.int() }) },
  'network.reconcile': { queue: 'network', payload: z.strictObject({ partner_id: z.int() }) },
  'network.poll': { queue: 'network', payload: z.strictObject({ share: z.int() }) },
  'premises.locate': { queue: 'network', payload: z.strictObject({ area_id: z.int() }) },
  'premises.import': { queue: 'network', payload: z.strictObject({ import_id: z.int() }) },
  'dunning.enrol': { queue: 'events', payload: z.strictObject({ policy_id: z.int() }) },
  'outages.link-tickets': {
    queue: 'events',
    payload: z.strictObject({ partner_id: z.int(), outage_id: z.int() }),
  },
  'billing.run': { queue: 'schedules', payload: z.strictObject({ run_id: z.int(), lane: z.int() }) },
  'billing.charge': { queue: 'billing', payload: z.strictObject({ charge_id: z.int() }) },
  'billing.refund': { queue: 'billing', payload: z.strictObject({ refund_id: z.int() }) },
  'billing.prepaid-look': { queue: 'billing', payload: z.strictObject({ account_id: z.int() }) },
  'billing.gateway-event': { queue: 'billing', payload: z.strictObject({ gateway_event_id: z.int() }) },
  'billing.sandbox-callback': {
    queue: 'billing',
    payload: z.strictObject({ event_id: z.string(), subject: z.string() }),
  },
  'billing.match-statement': { queue: 'billing', payload: z.strictObject({ statement_id: z.int() }) },
  'notifications.send': { queue: 'notifications', payload: z.strictObject({ message_id: z.int() }) },
  'webhooks.deliver': { queue: 'webhooks', payload: z.strictObject({ delivery_id: z.string() }) },
} as const satisfies Record<string, JobSpec>;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]['payload']>;
