import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@isp/platform/database';
import { Partner } from './partner.entity.js';
import { partnerErrors } from './partner.errors.js';

@Injectable()
export class PartnerRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The partner, locked until the transaction ends; refuses a version that is not the one `ifMatch` names. */
  async lock(id: number, ifMatch?: number): Promise<Partner> {
    const partner = await this.uow.tx.manager.findOne(Partner, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!partner) throw partnerErrors('partners.partner.not_found');
    if (ifMatch !== undefined && partner.version !== ifMatch) throw partnerErrors('partners.partner.stale');
    return partner;
  }

  save(partner: Partner): Promise<Partner> {
    return this.uow.tx.manager.save(Partner, partner);
  }

  create(values: Partial<Partner>): Partner {
    return this.uow.tx.manager.create(Partner, values);
  }
}
