import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { ipamErrors } from './ipam.errors.js';
import { PREFIX_COLUMNS, type PrefixRole, type PrefixView } from './ipam.view.js';

const MATCH = `FROM prefixes WHERE ($1::integer IS NULL OR vrf_id = $1) AND ($2::cidr IS NULL OR prefix <<= $2)
  AND ($3::integer IS NULL OR device_id = $3) AND ($4::text IS NULL OR role = $4)`;
export const PREFIX_SORTING = sorting({
  id: 'prefixes.id',
  otherwise: ['vrf_id', 'prefixes.prefix'],
  fields: {
    prefix: { by: ['prefixes.prefix', 'vrf_id'] },
    created_at: 'prefixes.created_at',
  },
});
const LISTS = sortedStatements(
  'prefixes-list',
  PREFIX_SORTING,
  (order) => `SELECT ${PREFIX_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('prefixes-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('prefixes-get', `SELECT ${PREFIX_COLUMNS} FROM prefixes WHERE id = $1`);

export interface PrefixFilter {
  readonly vrfId?: number | undefined;
  /** Prefixes inside this one, itself included. */
  readonly within?: string | undefined;
  readonly deviceId?: number | undefined;
  readonly role?: PrefixRole | undefined;
}

@Injectable()
export class PrefixQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page in address order: a container stands before what it holds. */
  list(
    actor: Actor,
    { vrfId, within, deviceId, role }: PrefixFilter,
    { limit, offset, sort }: SortedSlice<typeof PREFIX_SORTING>,
  ) {
    const values = [vrfId ?? null, within ?? null, deviceId ?? null, role ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PrefixView>(LISTS.of(sort), [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.prefix.not_found` */
  async get(actor: Actor, id: number): Promise<PrefixView> {
    const prefix = await this.uow.run(actor, (tx) => tx.one<PrefixView>(GET, [id]));
    if (!prefix) throw ipamErrors('network.prefix.not_found');
    return prefix;
  }
}
