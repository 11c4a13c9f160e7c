import { intId } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

const status = z.enum(['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled']);
const priority = z.enum(['low', 'normal', 'high', 'urgent']);

export const jobsQuery = listQuery({
  service_id: intId.optional(),
  status: status.optional(),
  priority: priority.optional(),
});
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
  retry_of: z.int().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
});
export const jobsShape = listShape('provisioning_jobs', jobShape);

export const jobDetailShape = jobShape.extend({
  steps: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['intended', 'done', 'failed']),
      detail: z.record(z.string(), z.unknown()),
      started_at: z.string(),
      finished_at: z.string().nullable(),
    }),
  ),
});

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
  status: 'succeeded',
  priority: 'normal',
  provisioning_data: { router_id: 1, vlan_id: 100, ip_assignment: '192.168.1.100/24', bandwidth_profile: '100M_10M' },
  scheduled_time: null,
  estimated_completion: '2025-01-29T10:30:01Z',
  attempts: 1,
  error: null,
  retry_of: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:01Z',
  started_at: '2025-01-29T10:30:00Z',
  finished_at: '2025-01-29T10:30:01Z',
};
