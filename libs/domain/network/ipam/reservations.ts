import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { ipamErrors } from './ipam.errors.js';
import type { ReservationView, Slice } from './ipam.view.js';

const COLUMNS = `r.id, r.partner_id AS "partnerId", r.customer_id AS "customerId", r.service_id AS "serviceId", r.vrf_id AS "vrfId",
  host(r.address) AS address, r.note, r.created_at AS "createdAt"`;
const MATCH = `FROM ip_reservations r WHERE ($1::integer IS NULL OR r.customer_id = $1) AND ($2::integer IS NULL OR r.service_id = $2)
  AND ($3::integer IS NULL OR r.vrf_id = $3)`;
const LIST = statement('reservations-list', `SELECT ${COLUMNS} ${MATCH} ORDER BY r.id LIMIT $4 OFFSET $5`);
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
const DELETE = statement('reservations-delete', 'DELETE FROM ip_reservations WHERE id = $1');
const UNKEEP = statement(
  'reservations-unkeep',
  'UPDATE ip_addresses SET reservation_id = NULL WHERE reservation_id = $1',
);

export interface ReserveAddressInput {
  readonly actor: Actor;
  readonly vrfId: number;
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

/** Addresses that are kept for a customer, or one service of it, whether in use or not. */
@Injectable()
export class Reservations {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, { customerId, serviceId, vrfId }: ReservationFilter, { limit, offset }: Slice) {
    const values = [customerId ?? null, serviceId ?? null, vrfId ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ReservationView>(LIST, [...values, limit, offset]),
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
      const kept = await tx.execute(KEEP, [made.id, vrfId, address, made.customerId, made.serviceId]);
      if (kept === 0) {
        const pooled = await tx.one(POOLED, [vrfId, address]);
        throw ipamErrors(pooled ? 'network.reservation.in_use' : 'network.address.not_pooled');
      }
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

  private note(actor: Actor, action: string, { id, partnerId, customerId, serviceId, address }: ReservationView): void {
    const changes = { address, customer_id: customerId, service_id: serviceId };
    this.audit.record({ actor, partnerId, action, subject: { type: 'ip_reservation', id }, changes });
  }
}
