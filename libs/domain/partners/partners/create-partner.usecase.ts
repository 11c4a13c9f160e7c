import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import type { PartnerKind, Tier } from './partner.entity.js';
import { PartnerRepository } from './partner.repository.js';
import { type PartnerView, partnerView } from './partner.view.js';

export interface CreatePartnerInput {
  readonly actor: Actor;
  readonly name: string;
  readonly kind: Exclude<PartnerKind, 'operator'>;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly tier?: Tier;
  readonly currency?: string;
  readonly timeZone?: string;
}

/** Takes a reseller or an ISP on. */
@Injectable()
export class CreatePartner {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerRepository,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, ...values }: CreatePartnerInput): Promise<PartnerView> {
    return this.uow.run(actor, async () => {
      const partner = await this.partners.save(this.partners.create(values));
      const subject = { type: 'partner', id: partner.id };
      this.audit.record({ actor, partnerId: partner.id, action: 'partner.create', subject, changes: { ...values } });
      return partnerView(partner);
    });
  }
}
