import { Injectable } from '@nestjs/common';
import { systemActorFor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import type { Tier } from '../authentication/credential.view.js';

export interface PartnerAccessView {
  readonly id: number;
  readonly kind: 'operator' | 'reseller' | 'isp';
  readonly status: 'active' | 'suspended';
  readonly tier: Tier;
}

const ONE = statement('access-partner-access', 'SELECT id, kind, status, tier FROM partners WHERE id = $1');

/** What of a partner decides about access: who it is, whether it is active, its tier of limits. */
@Injectable()
export class VerifyPartner {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws DomainError `access.partner.not_found` */
  async execute(partnerId: number): Promise<PartnerAccessView> {
    const read = () =>
      this.uow.run(systemActorFor('access', partnerId), (tx) => tx.one<PartnerAccessView>(ONE, [partnerId]));
    const partner = await this.uow.outside(read);
    if (!partner) throw accessErrors('access.partner.not_found');
    return partner;
  }
}
