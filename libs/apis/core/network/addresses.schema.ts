import { bodyId, instant, intId, prose } from '@isp/apis/shared';
import { RESERVATION_SORTING } from '@isp/domain/network';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';
import { addressText, prefixText, time } from './ipam.schema.js';
import { pooledAddress, pooledAddressExample } from './pools.schema.js';

export const createReservationBody = z
  .strictObject({
    vrf_id: bodyId.default(1).describe('1 is the default VRF'),
    address: z
      .union([addressText.refine((text) => !text.includes(':')), prefixText.refine((text) => text.includes(':'))], {
        error: 'must be an IPv4 address, or an IPv6 prefix with its length',
      })
      .describe('An IPv4 address, or a unit of an IPv6 pool with its length: 2001:db8:ff00:100::/56'),
    customer_id: bodyId.optional().describe('Kept for any service of this customer'),
    service_id: bodyId.optional().describe('Kept for this service alone'),
    note: prose(500).optional(),
  })
  .refine((body) => body.customer_id !== undefined || body.service_id !== undefined, {
    path: ['customer_id'],
    message: 'Name a customer or a service',
  });
export type CreateReservationBody = z.infer<typeof createReservationBody>;

export const reservationsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    service_id: intId.optional(),
    vrf_id: intId.optional(),
  },
  RESERVATION_SORTING,
);
export type ReservationsQuery = z.infer<typeof reservationsQuery>;

export const reservationShape = z.object({
  id: z.int(),
  vrf_id: z.int(),
  address: z.string().describe('Of IPv6 the prefix, with its length'),
  customer_id: z.int(),
  service_id: z.int().nullable(),
  partner_id: z.int(),
  note: z.string(),
  created_at: time,
});
export const reservationsShape = listShape('reservations', reservationShape);
export const reservationExample = {
  id: 9,
  vrf_id: 1,
  address: '192.168.1.100',
  customer_id: 123,
  service_id: 456,
  partner_id: 1,
  note: 'Mail server',
  created_at: '2025-01-29T10:30:00Z',
};

const vrf = { vrf_id: intId.optional().describe('The default VRF when absent') };
export const addressQuery = z.strictObject(vrf);
export type AddressQuery = z.infer<typeof addressQuery>;
export const historyQuery = listQuery({
  ...vrf,
  at: instant.optional().describe('Who had it at this instant; everybody who ever had it when absent'),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

export const addressShape = z.object({
  ...pooledAddress,
  state: pooledAddress.state.nullable().describe('Null when no pool gives the address away'),
  vrf_id: z.int(),
  prefix_id: z.int().nullable(),
  prefix: z.string().nullable(),
  pool_id: z.int().nullable(),
});
export const addressExample = {
  ...pooledAddressExample,
  vrf_id: 1,
  prefix_id: 7,
  prefix: '192.168.1.0/24',
  pool_id: 3,
};

const precise = z.string().describe('RFC 3339, to the millisecond');
export const holdingsShape = listShape(
  'holdings',
  z.object({
    address: z.string().describe('The address, or the IPv6 prefix that it lies in'),
    service_id: z.int(),
    customer_id: z.int(),
    partner_id: z.int(),
    from: precise,
    to: precise.nullable().describe('The holder had it until before this instant; null: has it still'),
  }),
);
export const holdingExample = {
  address: '192.168.1.100',
  service_id: 456,
  customer_id: 123,
  partner_id: 1,
  from: '2025-01-29T10:30:00.000Z',
  to: '2025-02-03T08:00:00.000Z',
};
