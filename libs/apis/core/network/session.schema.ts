import { instant, intId, needle } from '@isp/apis/shared';
import { SERVICE_SESSION_SORTING } from '@isp/domain/network';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const state = z.enum(['open', 'closed']);
const ip = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address');

export const serviceSessionsQuery = sortedQuery(
  {
    state: state.optional(),
    from: instant.optional(),
    to: instant.optional(),
  },
  SERVICE_SESSION_SORTING,
);
export type ServiceSessionsQuery = z.infer<typeof serviceSessionsQuery>;

export const networkSessionsQuery = listQuery({
  state: state.optional(),
  nas_address: ip.optional(),
  username: needle(253).optional(),
  service_id: intId.optional(),
  framed_ip_address: ip.optional(),
  at: instant.optional(),
});
export type NetworkSessionsQuery = z.infer<typeof networkSessionsQuery>;

export const attemptsQuery = listQuery({
  result: z.enum(['accepted', 'rejected']).optional(),
  from: instant.optional(),
  to: instant.optional(),
});
export type AttemptsQuery = z.infer<typeof attemptsQuery>;

export const sessionShape = z.object({
  id: z.string(),
  session_id: z.string(),
  state,
  username: z.string(),
  customer_id: z.int().nullable(),
  service_id: z.int().nullable(),
  nas_address: z.string(),
  nas_identifier: z.string().nullable(),
  nas_port_id: z.string().nullable(),
  calling_station_id: z.string().nullable(),
  framed_ip_address: z.string().nullable(),
  framed_ipv6_prefix: z.string().nullable(),
  delegated_ipv6_prefix: z.string().nullable(),
  started_at: z.string(),
  updated_at: z.string(),
  stopped_at: z.string().nullable(),
  session_seconds: z.number(),
  bytes_uploaded: z.number(),
  bytes_downloaded: z.number(),
  ipv6_bytes_uploaded: z.number(),
  ipv6_bytes_downloaded: z.number(),
  terminate_cause: z.string().nullable(),
});
export const sessionsShape = listShape('sessions', sessionShape);

export const attemptShape = z.object({
  id: z.string(),
  username: z.string(),
  service_id: z.int().nullable(),
  result: z.enum(['accepted', 'rejected']),
  reason: z.string().nullable(),
  nas_address: z.string().nullable(),
  nas_identifier: z.string().nullable(),
  nas_port_id: z.string().nullable(),
  calling_station_id: z.string().nullable(),
  at: z.string(),
});
export const attemptsShape = listShape('auth_attempts', attemptShape);

export const credentialsShape = z.object({ service_id: z.int(), username: z.string(), password: z.string() });
export const rotatedShape = z.object({ service_id: z.int(), username: z.string(), rotated_at: z.string() });

export const sessionExample = {
  id: '4711',
  session_id: '81200015',
  state: 'open',
  username: 'aeef38c0f1e94e8384ad4f3e35aab8df@isp.internal',
  customer_id: 123,
  service_id: 456,
  nas_address: '198.51.100.7',
  nas_identifier: 'bng-1.pop-ny',
  nas_port_id: 'ether1:100',
  calling_station_id: '02:00:5e:10:00:01',
  framed_ip_address: '192.168.1.100',
  framed_ipv6_prefix: '2001:db8:1::/64',
  delegated_ipv6_prefix: '2001:db8:ff00::/56',
  started_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T11:30:00Z',
  stopped_at: null,
  session_seconds: 3600,
  bytes_uploaded: 56220,
  bytes_downloaded: 6969217,
  ipv6_bytes_uploaded: 1200,
  ipv6_bytes_downloaded: 88000,
  terminate_cause: null,
};

export const attemptExample = {
  id: '99',
  username: 'aeef38c0f1e94e8384ad4f3e35aab8df@isp.internal',
  service_id: 456,
  result: 'rejected',
  reason: 'Cleartext password does not match "known good" password',
  nas_address: '198.51.100.7',
  nas_identifier: 'bng-1.pop-ny',
  nas_port_id: 'ether1:100',
  calling_station_id: '02:00:5e:10:00:01',
  at: '2025-01-29T10:29:58Z',
};
