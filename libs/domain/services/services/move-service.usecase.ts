import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import type { OperationalStatus, ServiceStatus } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { OPERATIONAL_AFTER, serviceStates } from './service.states.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const STATUS = statement('services-status', 'SELECT status FROM services WHERE id = $1');
const MOVE = statement(
  'services-move',
  `UPDATE services s SET status = $2, operational_status = $3, version = version + 1, updated_at = now(),
          activated_at = CASE WHEN $2 = 'active' THEN coalesce(activated_at, now()) ELSE activated_at END
     FROM (SELECT id, status FROM services WHERE id = $1 FOR NO KEY UPDATE) before
    WHERE s.id = before.id AND before.status = ANY ($4) RETURNING ${SERVICE_COLUMNS}, before.status AS "movedFrom"`,
);

export interface MoveServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly to: ServiceStatus;
  readonly operational?: OperationalStatus;
  readonly reason?: string;
}

/**
 * The one way a service changes its commercial state. Others (provisioning, billing) report what they did; this
 * decides whether the move is legal and says so to the world.
 * @throws `services.service.not_found`, `services.service.illegal_move`
 */
@Injectable()
export class MoveService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly facts: ServiceFacts,
  ) {}

  execute({ actor, serviceId, to, operational, reason }: MoveServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async (tx) => {
      const values = [serviceId, to, operational ?? OPERATIONAL_AFTER[to], serviceStates.previous(to)];
      const row = await tx.one<ServiceView & { readonly movedFrom: ServiceStatus }>(MOVE, values);
      if (!row) throw await this.refusal(tx, serviceId, to);
      const { movedFrom, ...moved } = row;
      this.facts.note(actor, 'move', moved, { status: [movedFrom, to], ...(reason ? { reason } : {}) });
      if (to === 'active' && movedFrom === 'provisioning') this.facts.publish('activated', moved);
      return moved;
    });
  }

  private async refusal(tx: Transaction, serviceId: number, to: ServiceStatus): Promise<Error> {
    const service = await tx.one<{ status: ServiceStatus }>(STATUS, [serviceId]);
    if (!service) return serviceErrors('services.service.not_found');
    return serviceErrors('services.service.illegal_move', { from: service.status, to });
  }
}
