import { DRIFT_KINDS, DRIFT_SORTING } from '@isp/domain/network';
import { intId } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const kind = z.enum(DRIFT_KINDS);
const access = z.enum(['open', 'walled_garden', 'closed']);

export const driftQuery = sortedQuery(
  {
    state: z.enum(['open', 'repaired']).optional(),
    kind: kind.optional(),
    service_id: intId.optional(),
  },
  DRIFT_SORTING,
);
export type DriftQuery = z.infer<typeof driftQuery>;

export const driftShape = z.object({
  id: z.string(),
  state: z.enum(['open', 'repaired']),
  kind,
  customer_id: z.int().nullable(),
  service_id: z.int().nullable(),
  desired: z.string(),
  observed: z.string(),
  cause: z.string(),
  attempts: z.int(),
  detected_at: z.string(),
  repaired_at: z.string().nullable(),
  repair: z.string().nullable(),
});
export const driftsShape = listShape('drifts', driftShape);

const kbps = z.int().nullable().describe('kbit/s');
export const serviceNetworkShape = z.object({
  service_id: z.int(),
  convergence: z.object({
    state: z.enum(['pending', 'confirmed', 'unreachable', 'held']),
    error: z.string().nullable(),
    attempts: z.int().describe('Tries since the network last followed'),
    desired_version: z.int(),
    confirmed_version: z.int(),
    changed_at: z.string(),
    confirmed_at: z.string().nullable(),
  }),
  desired: z.object({
    access,
    ip_address: z.string().nullable(),
    bandwidth_profile: z.string(),
    download_kbps: kbps,
    upload_kbps: kbps,
    throttled: z.boolean(),
    router_id: z.int(),
    username: z.string(),
  }),
  observed: z.object({
    online: z.boolean(),
    sessions: z.array(
      z.object({
        id: z.string(),
        session_id: z.string(),
        nas_address: z.string(),
        ip_address: z.string().nullable(),
        access: z.enum(['open', 'walled_garden']).nullable(),
        download_kbps: kbps,
        upload_kbps: kbps,
        version: z.int().nullable().describe('Of the desired state under which it was opened or last changed'),
        started_at: z.string(),
        updated_at: z.string(),
        disconnected_at: z.string().nullable().describe('Its NAS acknowledged its end; the Stop is on its way'),
        controllable: z.boolean().describe('Whether its NAS can be told to change or end it'),
      }),
    ),
  }),
});
export const reconcileBody = z
  .strictObject({ routers: z.boolean().optional().describe('Read every router back for each of its services') })
  .default({});
export type ReconcileBody = z.infer<typeof reconcileBody>;
export const acceptedShape = z.object({ accepted: z.literal(true) });

export const driftExample = {
  id: '17',
  state: 'repaired',
  kind: 'rate',
  customer_id: 123,
  service_id: 456,
  desired: '300000/50000',
  observed: '100000/20000',
  cause: 'session 81200015 was opened under version 3 of 4',
  attempts: 1,
  detected_at: '2025-01-29T10:30:00Z',
  repaired_at: '2025-01-29T10:31:00Z',
  repair: 'router applied, sessions: 1 changed, 0 as wanted',
};

export const serviceNetworkExample = {
  service_id: 456,
  convergence: {
    state: 'confirmed',
    error: null,
    attempts: 0,
    desired_version: 4,
    confirmed_version: 4,
    changed_at: '2025-01-29T10:30:00Z',
    confirmed_at: '2025-01-29T10:30:01Z',
  },
  desired: {
    access: 'open',
    ip_address: '100.64.1.20',
    bandwidth_profile: '300M',
    download_kbps: 300_000,
    upload_kbps: 50_000,
    throttled: false,
    router_id: 1,
    username: 'aeef38c0f1e94e8384ad4f3e35aab8df@isp.internal',
  },
  observed: {
    online: true,
    sessions: [
      {
        id: '4711',
        session_id: '81200015',
        nas_address: '198.51.100.7',
        ip_address: '100.64.1.20',
        access: 'open',
        download_kbps: 300_000,
        upload_kbps: 50_000,
        version: 4,
        started_at: '2025-01-29T09:30:00Z',
        updated_at: '2025-01-29T10:30:00Z',
        disconnected_at: null,
        controllable: true,
      },
    ],
  },
};
