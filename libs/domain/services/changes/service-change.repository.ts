import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import type { ServiceView } from '../services/service.view.js';
import { CHANGE_COLUMNS, type ChangeKind, type ChangeTerms, type ServiceChangeView } from './service-change.view.js';

const INSERT = statement(
  'service-changes-insert',
  `INSERT INTO service_changes AS c (partner_id, customer_id, service_id, kind, effective_at, terms, reason, requested_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${CHANGE_COLUMNS}`,
);
// What is being provisioned can neither be moved nor ended: its changes wait until that is over.
const DUE = statement(
  'service-changes-due',
  `SELECT c.id, c.service_id AS "serviceId", c.kind FROM service_changes c JOIN services s ON s.id = c.service_id
    WHERE c.status = 'scheduled' AND c.effective_at <= $1 AND s.status <> 'provisioning' AND c.id <> ALL ($2)
    ORDER BY c.effective_at, c.id LIMIT $3`,
);
const LOCK = statement(
  'service-changes-lock',
  `SELECT ${CHANGE_COLUMNS} FROM service_changes c WHERE c.id = $1 FOR UPDATE`,
);
const FINISH = statement(
  'service-changes-finish',
  `UPDATE service_changes c SET status = $2, error = $3, finished_at = now()
    WHERE c.id = $1 AND c.status = 'scheduled' RETURNING ${CHANGE_COLUMNS}`,
);
const CANCEL_ALL = statement(
  'service-changes-cancel-all',
  `UPDATE service_changes SET status = 'cancelled', finished_at = now()
    WHERE service_id = $1 AND status = 'scheduled' AND id <> $2 AND ($3::text[] IS NULL OR kind = ANY ($3))`,
);

export interface NewChange<K extends ChangeKind = ChangeKind> {
  readonly kind: K;
  readonly effectiveAt: Date;
  readonly terms: ChangeTerms[K];
  readonly reason?: string | undefined;
}

@Injectable()
export class ServiceChangeRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `services.change.under_way` when one of the kind is scheduled already */
  async insert<K extends ChangeKind>(
    actor: Actor,
    service: ServiceView,
    change: NewChange<K>,
  ): Promise<ServiceChangeView> {
    try {
      return (await this.uow.tx.one<ServiceChangeView>(INSERT, [
        service.partnerId,
        service.customerId,
        service.id,
        change.kind,
        change.effectiveAt,
        JSON.stringify(change.terms),
        change.reason ?? null,
        actor.name,
      ])) as ServiceChangeView;
    } catch (error) {
      if (violatedConstraint(error) === 'service_changes_one_of_a_kind')
        throw serviceErrors('services.change.under_way');
      throw error;
    }
  }

  /** Changes whose time has come, oldest first, without those that were tried. */
  due(
    now: Date,
    tried: readonly number[],
    limit: number,
  ): Promise<Pick<ServiceChangeView, 'id' | 'serviceId' | 'kind'>[]> {
    return this.uow.tx.query(DUE, [now, tried, limit]);
  }

  lock(id: number): Promise<ServiceChangeView | undefined> {
    return this.uow.tx.one<ServiceChangeView>(LOCK, [id]);
  }

  /** Ends a scheduled change; undefined when it has ended already. */
  finish(
    id: number,
    status: 'applied' | 'cancelled' | 'failed',
    error: string | null = null,
  ): Promise<ServiceChangeView | undefined> {
    return this.uow.tx.one<ServiceChangeView>(FINISH, [id, status, error]);
  }

  /** Cancels what is scheduled for a service, of all kinds or of some; answers how many. */
  cancelAll(serviceId: number, kinds: readonly ChangeKind[] | null = null, butNot = 0): Promise<number> {
    return this.uow.tx.execute(CANCEL_ALL, [serviceId, butNot, kinds]);
  }
}
