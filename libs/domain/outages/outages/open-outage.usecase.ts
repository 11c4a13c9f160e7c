import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { assertOperator, outageErrors } from '../outages.errors.js';
import { type Place, Topology } from '../topology/topology.js';
import { OutageDesk } from './outage-desk.js';
import { OutageRepository } from './outage.repository.js';
import type { OutageView } from './outage.view.js';

export interface OpenOutageInput {
  readonly actor: Actor;
  /** A device or a node, one of the two. */
  readonly place: Place;
  /** What customers read. */
  readonly title?: string | undefined;
  /** Now when absent. */
  readonly startedAt?: Date | undefined;
}

/**
 * An outage that a person knows of: nobody polls the fibre that was cut. It lasts until a person ends it.
 * @throws `outages.place.unknown`, `outages.outage.exists`, `outages.outage.ahead`
 */
@Injectable()
export class OpenOutage {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outages: OutageRepository,
    private readonly desk: OutageDesk,
    private readonly topology: Topology,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, place, title, startedAt }: OpenOutageInput): Promise<OutageView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const since = startedAt ?? now;
      if (since > now) throw outageErrors('outages.outage.ahead');
      const name = await this.topology.nameOf(place);
      await this.outages.lock();
      const own = (id: number | null): number[] => (id === null ? [] : [id]);
      if ((await this.outages.live(own(place.deviceId), own(place.nodeId))).length > 0)
        throw outageErrors('outages.outage.exists');
      const outage = await this.desk.open(actor, {
        ...place,
        origin: 'person',
        title: title ?? `No service behind ${name}`,
        startedAt: since,
        detectedAt: now,
        openedBy: actor.name,
      });
      const subject = { type: 'outage', id: outage.id };
      const changes = { ...place, started_at: since, title: outage.title };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'outage.open', subject, changes });
      return outage;
    });
  }
}
