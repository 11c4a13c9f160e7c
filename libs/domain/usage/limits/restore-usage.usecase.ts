import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { ServiceQueries } from '@isp/domain/services';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { usageErrors } from '../usage.errors.js';
import { LimitEffects } from './limit-effects.js';
import { EVENT_COLUMNS, type ThrottlingEventView } from './throttling.view.js';

const RESTORE = statement(
  'limits-restore',
  `UPDATE throttling_events e SET restored_at = $2, restored_by = 'manual', reason = $3
    WHERE e.service_id = $1 AND e.restored_at IS NULL AND e.action <> 'none' AND e.cause <> 'payment' RETURNING ${EVENT_COLUMNS}`,
);

export interface RestoreUsageInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly reason?: string | undefined;
}

/** Lets a service off for the rest of the month, as far as the limits go that it has reached. */
@Injectable()
export class RestoreUsage {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly effects: LimitEffects,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `services.service.not_found` `usage.throttling.none` */
  execute({ actor, serviceId, reason }: RestoreUsageInput): Promise<ThrottlingEventView[]> {
    return this.uow.run(actor, async (tx) => {
      const { partnerId } = await this.services.get(actor, serviceId);
      const values = [serviceId, this.clock.now(), reason ?? null];
      const restored = await tx.query<ThrottlingEventView>(RESTORE, values);
      if (restored.length === 0) throw usageErrors('usage.throttling.none');
      for (const event of restored) this.effects.restored(event);
      await this.effects.apply([serviceId]);
      const changes = { causes: restored.map(({ cause }) => cause), ...(reason === undefined ? {} : { reason }) };
      this.audit.record({
        actor,
        partnerId,
        action: 'usage.restore',
        subject: { type: 'service', id: serviceId },
        changes,
      });
      return restored;
    });
  }
}
