import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, defineStates } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { PartnerStatus } from './partner.entity.js';
import { partnerErrors } from './partner.errors.js';
import { PartnerRepository } from './partner.repository.js';
import { type PartnerView, partnerView } from './partner.view.js';

export const partnerStates = defineStates<PartnerStatus>({
  initial: 'active',
  transitions: { active: ['suspended'], suspended: ['active'] },
});

export interface SetPartnerStatusInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly status: PartnerStatus;
  readonly reason?: string | undefined;
}

/** Suspends a partner (its people and keys are refused within two seconds) or lets it in again. */
@Injectable()
export class SetPartnerStatus {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, status, reason }: SetPartnerStatusInput): Promise<PartnerView> {
    return this.uow.run(actor, async () => {
      const partner = await this.partners.lock(partnerId);
      if (partnerId === OPERATOR_PARTNER_ID) throw partnerErrors('partners.partner.operator');
      partnerStates.assert(partner.status, status, (from, to) =>
        partnerErrors('partners.partner.illegal_move', { from, to }),
      );
      const changes = { status: [partner.status, status], reason: reason ?? null };
      Object.assign(partner, { status, updatedAt: this.clock.now() });
      const saved = await this.partners.save(partner);
      const action = status === 'suspended' ? 'partner.suspend' : 'partner.reactivate';
      this.audit.record({ actor, partnerId, action, subject: { type: 'partner', id: partnerId }, changes });
      return partnerView(saved);
    });
  }
}
