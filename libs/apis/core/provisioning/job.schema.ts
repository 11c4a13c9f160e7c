import { instant, intId, line, prose } from '@isp/apis/shared';
import { JOB_KINDS, JOB_SORTING } from '@isp/domain/provisioning';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled']);
const priority = z.enum(['low', 'normal', 'high', 'urgent']);

const kind = z.enum(JOB_KINDS);

export const jobsQuery = sortedQuery(
  {
    service_id: intId.optional(),
    status: status.optional(),
    priority: priority.optional(),
    kind: kind.optional(),
    held: z.enum(['true', 'false']).optional(),
  },
  JOB_SORTING,
);
export type JobsQuery = z.infer<typeof jobsQuery>;

export const acceptedJobShape = z.object({
  provisioning_job_id: z.int(),
  service_id: z.int(),
  status,
  priority,
  estimated_completion: z.string(),
  created_at: z.string(),
});

export const jobShape = z.object({
  id: z.int(),
  service_id: z.int(),
  customer_id: z.int(),
  kind,
  status,
  priority,
  provisioning_data: z.object({
    router_id: z.int().nullable(),
    vlan_id: z.int().nullable(),
    ip_assignment: z.string().nullable(),
    bandwidth_profile: z.string().nullable(),
  }),
  scheduled_time: z.string().nullable(),
  estimated_completion: z.string(),
  attempts: z.int(),
  error: z.string().nullable(),
  rolling_back: z.boolean(),
  hold: z.object({ reason: z.string(), since: z.string() }).nullable(),
  retry_of: z.int().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
});
export const jobsShape = listShape('provisioning_jobs', jobShape);

export const stepShape = z.object({
  name: z.string(),
  status: z.enum(['intended', 'done', 'failed', 'compensating', 'compensated', 'skipped']),
  attempts: z.int(),
  detail: z.record(z.string(), z.unknown()),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  seconds: z.number().nullable(),
});
export const jobDetailShape = jobShape.extend({ steps: z.array(stepShape) });

export const holdBody = z.strictObject({ reason: line(200) });
export type HoldBody = z.infer<typeof holdBody>;

export const resolveBody = z.strictObject({ step: line(40), note: prose(1_000).min(1) });
export type ResolveBody = z.infer<typeof resolveBody>;

export const rescheduleBody = z.strictObject({ scheduled_time: instant });
export type RescheduleBody = z.infer<typeof rescheduleBody>;

export const acceptedJobExample = {
  provisioning_job_id: 789,
  service_id: 456,
  status: 'queued',
  priority: 'normal',
  estimated_completion: '2025-02-01T09:30:00Z',
  created_at: '2025-01-29T10:30:00Z',
};

export const jobExample = {
  id: 789,
  service_id: 456,
  customer_id: 123,
  kind: 'provision',
  status: 'succeeded',
  priority: 'normal',
  provisioning_data: { router_id: 1, vlan_id: 100, ip_assignment: '192.168.1.100/24', bandwidth_profile: '100M_10M' },
  scheduled_time: null,
  estimated_completion: '2025-01-29T10:30:01Z',
  attempts: 1,
  error: null,
  rolling_back: false,
  hold: null,
  retry_of: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:01Z',
  started_at: '2025-01-29T10:30:00Z',
  finished_at: '2025-01-29T10:30:01Z',
};

export const stepExample = {
  name: 'router',
  status: 'done',
  attempts: 1,
  detail: { router_id: 1, bandwidth_profile: '100M_10M' },
  started_at: '2025-01-29T10:30:00Z',
  finished_at: '2025-01-29T10:30:01Z',
  seconds: 0.412,
};

export const heldJobExample = {
  ...jobExample,
  status: 'running',
  hold: { reason: 'Waiting for the splicer', since: '2025-01-29T10:31:00Z' },
  finished_at: null,
};

export const eventsExample = [
  'retry: 2000',
  '',
  'id: 2.dddd',
  'event: step',
  `data: ${JSON.stringify({ provisioning_job_id: 789, ...stepExample })}`,
  '',
  ': still here',
  '',
].join('\n');
