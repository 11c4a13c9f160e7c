import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { OperationalStatus, ServiceStatus } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { OPERATIONAL_AFTER, serviceStates } from './service.states.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const LOCK = statement('services-lock', `SELECT ${SERVICE_COLUMNS} FROM services s WHERE s.id = $1 FOR NO KEY UPDATE`);
const MOVE = statement(
  'services-move',
  `UPDATE services s SET status = $2, operational_status = $3, version = version + 1, updated_at = now(),
          activated_at = CASE WHEN $2 = 'active' THEN coalesce(activated_at, now()) ELSE activated_at END
    WHERE id = $1 RETURNING ${SERVICE_COLUMNS}`,
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
      const service = await tx.one<ServiceView>(LOCK, [serviceId]);
      if (!service) throw serviceErrors('services.service.not_found');
      serviceStates.assert(service.status, to, (from) => serviceErrors('services.service.illegal_move', { from, to }));
      const moved = (await tx.one<ServiceView>(MOVE, [
        serviceId,
        to,
        operational ?? OPERATIONAL_AFTER[to],
      ])) as ServiceView;
      this.facts.note(actor, 'move', moved, { status: [service.status, to], ...(reason ? { reason } : {}) });
      if (to === 'active' && service.status === 'provisioning') this.facts.publish('activated', moved);
      return moved;
    });
  }
}
