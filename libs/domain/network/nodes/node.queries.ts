import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { NODE_COLUMNS, type NodeKind, type NodeView } from './node.view.js';

const MATCH = `FROM network_nodes n WHERE ($1::text IS NULL OR n.kind = $1) AND ($2::text IS NULL OR n.status = $2)`;
export const NODE_SORTING = sorting({
  id: 'n.id',
  otherwise: ['n.id'],
  fields: {
    created_at: 'n.created_at',
    code: 'n.code',
    name: 'lower(n.name)',
  },
});
const LISTS = sortedStatements(
  'nodes-list',
  NODE_SORTING,
  (order) => `SELECT ${NODE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('nodes-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('nodes-get', `SELECT ${NODE_COLUMNS} FROM network_nodes n WHERE n.id = $1`);

export interface NodeFilter {
  readonly kind?: NodeKind | undefined;
  readonly status?: NodeView['status'] | undefined;
}

@Injectable()
export class NodeQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { kind, status }: NodeFilter, page: SortedSlice<typeof NODE_SORTING>) {
    const values = [kind ?? null, status ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<NodeView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.node.not_found` */
  async get(actor: Actor, id: number): Promise<NodeView> {
    const node = await this.uow.read(actor, (tx) => tx.one<NodeView>(GET, [id]));
    if (!node) throw networkErrors('network.node.not_found');
    return node;
  }
}
