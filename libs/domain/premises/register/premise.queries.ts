import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import {
  type SortedSlice,
  type Statement,
  UnitOfWork,
  sortedStatements,
  sorting,
  statement,
} from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import {
  PREMISE_COLUMNS,
  PREMISE_TABLES,
  type PremiseHistoryView,
  type PremiseStatus,
  type PremiseView,
} from './premise.view.js';

const SELECT = `SELECT ${PREMISE_COLUMNS} FROM ${PREMISE_TABLES}`;
const one = (name: string, column: string): Statement =>
  statement(name, `${SELECT} WHERE p.${column} = $1 AND p.deleted_at IS NULL`);
const BY_ID = one('premises-by-id', 'id');
const BY_GUID = one('premises-by-guid', 'guid');
const BY_REGISTER = one('premises-by-register', 'register_guid');

const MATCH = `p.deleted_at IS NULL AND ($1::text IS NULL OR p.status = $1) AND ($2::bigint IS NULL OR p.area_id = $2)`;
export const PREMISE_SORTING = sorting({
  id: 'p.id',
  otherwise: ['p.id'],
  fields: { created_at: 'p.id', updated_at: 'p.updated_at' },
});
const LISTS = sortedStatements(
  'premises-list',
  PREMISE_SORTING,
  (order) => `${SELECT} WHERE ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('premises-count', `SELECT count(*)::integer AS total FROM premises p WHERE ${MATCH}`);
const CHANGED = `${MATCH} AND p.updated_at > $3`;
const LISTS_CHANGED = sortedStatements(
  'premises-list-changed',
  PREMISE_SORTING,
  (order) => `${SELECT} WHERE ${CHANGED} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT_CHANGED = statement(
  'premises-count-changed',
  `SELECT count(*)::integer AS total FROM premises p WHERE ${CHANGED}`,
);
// The wall lets a partner see the customers on premises that are its own.
const LIST_OF_CUSTOMER = statement(
  'premises-of-customer',
  `${SELECT} WHERE o.customer_guid = $1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT $2 OFFSET $3`,
);
const COUNT_OF_CUSTOMER = statement(
  'premises-count-of-customer',
  'SELECT count(*)::integer AS total FROM premise_occupations WHERE customer_guid = $1',
);
const HISTORY = statement(
  'premises-history',
  `SELECT h.id::float8 AS id, h.version, h.at, h.actor, h.changes FROM premise_history h
    WHERE h.premise_id = $1 ORDER BY h.id DESC LIMIT $2 OFFSET $3`,
);
const COUNT_HISTORY = statement(
  'premises-count-history',
  'SELECT count(*)::integer AS total FROM premise_history WHERE premise_id = $1',
);

type Slice = { readonly limit: number; readonly offset: number };

export interface PremiseFilter {
  readonly status?: PremiseStatus | undefined;
  readonly areaId?: number | undefined;
  /** Changed since then; the list is in the order of the changes. */
  readonly updatedAfter?: Date | undefined;
}

/** Reads of the premises. Everybody reads all of them; whose customer is there only the customer's partner. */
@Injectable()
export class PremiseQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `premises.premise.not_found` */
  get(actor: Actor, guid: string): Promise<PremiseView> {
    return this.read(actor, BY_GUID, guid);
  }

  /** @throws `premises.premise.not_found` */
  getById(actor: Actor, id: number): Promise<PremiseView> {
    return this.read(actor, BY_ID, id);
  }

  /** By the guid of its entry in the register, the external reference of an order; undefined when there is none. */
  findByReference(actor: Actor, registerGuid: string): Promise<PremiseView | undefined> {
    return this.uow.read(actor, (tx) => tx.one<PremiseView>(BY_REGISTER, [registerGuid]));
  }

  /** One page, by id or, with `updatedAfter`, by the time of the change. */
  list(actor: Actor, { status, areaId, updatedAfter }: PremiseFilter, page: SortedSlice<typeof PREMISE_SORTING>) {
    const values = [status ?? null, areaId ?? null];
    return updatedAfter
      ? this.page(actor, LISTS_CHANGED.of(page.sort ?? 'updated_at'), COUNT_CHANGED, [...values, updatedAfter], page)
      : this.page(actor, LISTS.of(page.sort), COUNT, values, page);
  }

  /** Where a customer has or has ordered a service. */
  listOfCustomer(actor: Actor, customerGuid: string, page: Slice) {
    return this.page(actor, LIST_OF_CUSTOMER, COUNT_OF_CUSTOMER, [customerGuid], page);
  }

  /** Every change of a premise, newest first. @throws `premises.premise.not_found` */
  async history(actor: Actor, id: number, page: Slice) {
    await this.getById(actor, id);
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PremiseHistoryView>(HISTORY, [id, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT_HISTORY, [id]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  private page(actor: Actor, list: Statement, total: Statement, values: readonly unknown[], { limit, offset }: Slice) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PremiseView>(list, [...values, limit, offset]),
        tx.one<{ total: number }>(total, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  private async read(actor: Actor, by: Statement, key: string | number): Promise<PremiseView> {
    const premise = await this.uow.read(actor, (tx) => tx.one<PremiseView>(by, [key]));
    if (!premise) throw premisesErrors('premises.premise.not_found');
    return premise;
  }
}
