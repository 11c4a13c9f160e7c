import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { Tier } from './partner.entity.js';
import { PartnerRepository } from './partner.repository.js';
import { type PartnerView, partnerView } from './partner.view.js';

export interface PartnerChanges {
  readonly name?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly tier?: Tier;
  readonly currency?: string;
  readonly timeZone?: string;
}

export interface ChangePartnerInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly changes: PartnerChanges;
  readonly ifMatch?: number | undefined;
}

/** Changes a partner's data. */
@Injectable()
export class ChangePartner {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, changes, ifMatch }: ChangePartnerInput): Promise<PartnerView> {
    return this.uow.run(actor, async () => {
      const partner = await this.partners.lock(partnerId, ifMatch);
      const diff = changesBetween(partner, changes);
      if (Object.keys(diff).length === 0) return partnerView(partner);
      Object.assign(partner, changes, { updatedAt: this.clock.now() });
      const saved = await this.partners.save(partner);
      this.audit.record({
        actor,
        partnerId,
        action: 'partner.update',
        subject: { type: 'partner', id: partnerId },
        changes: diff,
      });
      return partnerView(saved);
    });
  }
}
