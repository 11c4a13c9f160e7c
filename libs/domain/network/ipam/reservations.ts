import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { ipamErrors } from './ipam.errors.js';
import { isUnit, unitPosition } from './address-text.js';
import type { ReservationView } from './ipam.view.js';

/** An IPv4 address as such, what is of IPv6 with its length. */
const PLACE = 'CASE WHEN family(r.address) = 4 THEN host(r.address) ELSE text(r.address) END';
const COLUMNS = `r.id, r.partner_id AS "partnerId", r.customer_id AS "customerId", r.service_id AS "serviceId", r.vrf_id AS "vrfId",
  ${PLACE} AS address, r.note, r.created_at AS "createdAt"`;
const MATCH = `FROM ip_reservations r WHERE ($1::integer IS NULL OR r.customer_id = $1) AND ($2::integer IS NULL OR r.service_id = $2)
  AND ($3::integer IS NULL OR r.vrf_id = $3)`;
export const RESERVATION_SORTING = sorting({
  id: 'r.id',
  otherwise: ['r.id'],
  fields: {
    created_at: 'r.id',
  },
});
const LISTS = sortedStatements(
  'reservations-list',
  RESERVATION_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('reservations-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('reservations-get', `SELECT ${COLUMNS} FROM ip_reservations r WHERE r.id = $1`);
// For a service its customer is who reserves; a service of somebody else finds no row.
const INSERT = statement(
  'reservations-insert',
  `INSERT INTO ip_reservations AS r (partner_id, customer_id, service_id, vrf_id, address, note)
   SELECT c.partner_id, c.id, s.id, $3, $4::inet, $5
     FROM customers c LEFT JOIN services s ON s.id = $2 AND s.customer_id = c.id
    WHERE c.id = coalesce($1, (SELECT customer_id FROM services WHERE id = $2)) AND ($2::integer IS NULL OR s.id IS NOT NULL)
   RETURNING ${COLUMNS}`,
);
const KEEP = statement(
  'reservations-keep',
  `UPDATE ip_addresses a SET reservation_id = $1
    WHERE a.vrf_id = $2 AND a.address = $3::inet AND a.reservation_id IS NULL
      AND (a.service_id IS NULL AND a.free_from <= now()
        OR EXISTS (SELECT FROM services s WHERE s.id = coalesce(a.service_id, a.last_service_id) AND s.customer_id = $4
                    AND s.id = coalesce($5, s.id)))`,
);
const POOLED = statement('reservations-pooled', 'SELECT 1 FROM ip_addresses WHERE vrf_id = $1 AND address = $2::inet');
const POOL_OF_UNIT = statement(
  'reservations-pool-of-unit',
  `SELECT id, prefix::text AS prefix, unit_length AS "unitLength" FROM ip_pools
    WHERE vrf_id = $1 AND kind <> 'ipv4' AND prefix >>= $2::cidr AND unit_length = masklen($2::cidr) AND status <> 'retired'`,
);
// Units that nobody has or had need no row, so it may be made here.
const KEEP_UNIT = statement(
  'reservations-keep-unit',
  `INSERT INTO ip_units AS u (pool_id, position, vrf_id, kind, prefix, reservation_id)
   SELECT p.id, $3::bigint, p.vrf_id, p.kind, $4::cidr, $1 FROM ip_pools p
    WHERE p.id = $2 AND nth_subnet(p.prefix, p.unit_length, $3::bigint) = $4::cidr
   ON CONFLICT (pool_id, position) DO UPDATE SET reservation_id = $1
    WHERE u.reservation_id IS NULL
      AND (u.service_id IS NULL AND u.free_from <= now()
        OR EXISTS (SELECT FROM services s WHERE s.id = coalesce(u.service_id, u.last_service_id) AND s.customer_id = $5
                    AND s.id = coalesce($6, s.id)))`,
);
const DELETE = statement('reservations-delete', 'DELETE FROM ip_reservations WHERE id = $1');
const UNKEEP = statement(
  'reservations-unkeep',
  `WITH unused AS (DELETE FROM ip_units WHERE reservation_id = $1 AND assigned_at IS NULL),
   units AS (UPDATE ip_units SET reservation_id = NULL WHERE reservation_id = $1 AND assigned_at IS NOT NULL)
   UPDATE ip_addresses SET reservation_id = NULL WHERE reservation_id = $1`,
);

export interface ReserveAddressInput {
  readonly actor: Actor;
  readonly vrfId: number;
  /** An IPv4 address, or the IPv6 prefix (of a link, or delegated) that is one unit of a pool. */
  readonly address: string;
  /** One of both at least; the service must be the customer's. */
  readonly customerId?: number | undefined;
  readonly serviceId?: number | undefined;
  readonly note?: string | undefined;
}

export interface ReservationFilter {
  readonly customerId?: number | undefined;
  readonly serviceId?: number | undefined;
  readonly vrfId?: number | undefined;
}

/** Addresses and IPv6 prefixes that are kept for a customer, or one service of it, whether in use or not. */
@Injectable()
export class Reservations {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(
    actor: Actor,
    { customerId, serviceId, vrfId }: ReservationFilter,
    { limit, offset, sort }: SortedSlice<typeof RESERVATION_SORTING>,
  ) {
    const values = [customerId ?? null, serviceId ?? null, vrfId ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ReservationView>(LISTS.of(sort), [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.reservation.not_found` */
  async get(actor: Actor, id: number): Promise<ReservationView> {
    const found = await this.uow.run(actor, (tx) => tx.one<ReservationView>(GET, [id]));
    if (!found) throw ipamErrors('network.reservation.not_found');
    return found;
  }

  /**
   * @throws `network.reservation.exists`, `network.reservation.in_use`, `network.reservation.holder_unknown`,
   *   `network.vrf.unknown`, `network.address.not_pooled`
   */
  reserve({ actor, vrfId, address, customerId, serviceId, note = '' }: ReserveAddressInput): Promise<ReservationView> {
    return this.uow.run(actor, async (tx) => {
      const row = [customerId ?? null, serviceId ?? null, vrfId, address, note];
      const made = await guarded(tx.one<ReservationView>(INSERT, row), {
        ip_reservations_once: () => ipamErrors('network.reservation.exists'),
        ip_reservations_vrf_id_fkey: () => ipamErrors('network.vrf.unknown'),
      });
      if (!made) throw ipamErrors('network.reservation.holder_unknown');
      await (isUnit(address) ? this.keepUnit(made) : this.keepAddress(made));
      this.note(actor, 'ip_reservation.create', made);
      return made;
    });
  }

  /** Whoever has the address in use keeps it; free it goes back to everybody. @throws `network.reservation.not_found` */
  remove(actor: Actor, id: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const found = await tx.one<ReservationView>(GET, [id]);
      if (!found) throw ipamErrors('network.reservation.not_found');
      await tx.execute(UNKEEP, [id]);
      await tx.execute(DELETE, [id]);
      this.note(actor, 'ip_reservation.delete', found);
    });
  }

  private async keepAddress({ id, vrfId, address, customerId, serviceId }: ReservationView): Promise<void> {
    const { tx } = this.uow;
    if ((await tx.execute(KEEP, [id, vrfId, address, customerId, serviceId])) > 0) return;
    const pooled = await tx.one(POOLED, [vrfId, address]);
    throw ipamErrors(pooled ? 'network.reservation.in_use' : 'network.address.not_pooled');
  }

  private async keepUnit({ id, vrfId, address, customerId, serviceId }: ReservationView): Promise<void> {
    const { tx } = this.uow;
    const pool = await tx.one<{ id: number; prefix: string; unitLength: number }>(POOL_OF_UNIT, [vrfId, address]);
    if (!pool) throw ipamErrors('network.address.not_pooled');
    const position = unitPosition(pool.prefix, address);
    const kept = await guarded(tx.execute(KEEP_UNIT, [id, pool.id, position, address, customerId, serviceId]), {
      ip_units_apart: () => ipamErrors('network.reservation.in_use'),
    });
    if (kept === 0) throw ipamErrors('network.reservation.in_use');
  }

  private note(actor: Actor, action: string, { id, partnerId, customerId, serviceId, address }: ReservationView): void {
    const changes = { address, customer_id: customerId, service_id: serviceId };
    this.audit.record({ actor, partnerId, action, subject: { type: 'ip_reservation', id }, changes });
  }
}
