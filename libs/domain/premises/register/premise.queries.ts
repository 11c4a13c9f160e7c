import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { PREMISE_COLUMNS, PREMISE_TABLES, type PremiseView } from './premise.view.js';

const SELECT = `SELECT ${PREMISE_COLUMNS} FROM ${PREMISE_TABLES}`;
const BY_GUID = statement('premises-by-guid', `${SELECT} WHERE p.guid = $1 AND p.deleted_at IS NULL`);
const BY_REGISTER = statement('premises-by-register', `${SELECT} WHERE p.register_guid = $1 AND p.deleted_at IS NULL`);

/** Reads of the premises. Everybody reads all of them; whose customer is there only the customer's partner. */
@Injectable()
export class PremiseQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `premises.premise.not_found` */
  async get(actor: Actor, guid: string): Promise<PremiseView> {
    const premise = await this.uow.read(actor, (tx) => tx.one<PremiseView>(BY_GUID, [guid]));
    if (!premise) throw premisesErrors('premises.premise.not_found');
    return premise;
  }

  /** By the guid of its entry in the register, the external reference of an order; undefined when there is none. */
  findByReference(actor: Actor, registerGuid: string): Promise<PremiseView | undefined> {
    return this.uow.read(actor, (tx) => tx.one<PremiseView>(BY_REGISTER, [registerGuid]));
  }
}
