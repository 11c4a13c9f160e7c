import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import type { NodeValues } from './create-node.usecase.js';
import { NODE_COLUMNS, type NodeView } from './node.view.js';

const LOCK = statement('nodes-lock', `SELECT ${NODE_COLUMNS} FROM network_nodes n WHERE n.id = $1 FOR UPDATE`);
const UPDATE = statement(
  'nodes-update',
  `UPDATE network_nodes n SET name = $2, kind = $3, address = $4, latitude = $5, longitude = $6, status = $7,
          version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${NODE_COLUMNS}`,
);
const USED = statement('nodes-used', `SELECT 1 FROM devices WHERE node_id = $1 AND status = 'active' LIMIT 1`);

export interface ChangeNodeInput {
  readonly actor: Actor;
  readonly id: number;
  readonly changes: Partial<Omit<NodeValues, 'code'>>;
  readonly ifMatch?: number | undefined;
}

/** Changes facts about a node, or takes it out of service; its code stays what it is. */
@Injectable()
export class ChangeNode {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.node.not_found`, `network.node.version_mismatch`, `network.node.retired` */
  execute({ actor, id, changes, ifMatch }: ChangeNodeInput): Promise<NodeView> {
    return this.uow.run(actor, async () => this.apply(actor, await this.lock(id, ifMatch), changes, 'update'));
  }

  /** @throws `network.node.in_use` while devices stand there */
  retire({ actor, id }: { readonly actor: Actor; readonly id: number }): Promise<NodeView> {
    return this.uow.run(actor, async (tx) => {
      const node = await this.lock(id);
      if (await tx.one(USED, [id])) throw networkErrors('network.node.in_use');
      return this.apply(actor, node, { status: 'retired' }, 'retire');
    });
  }

  private async lock(id: number, ifMatch?: number): Promise<NodeView> {
    const node = await this.uow.tx.one<NodeView>(LOCK, [id]);
    if (!node) throw networkErrors('network.node.not_found');
    if (ifMatch !== undefined && ifMatch !== node.version) throw networkErrors('network.node.version_mismatch');
    if (node.status === 'retired') throw networkErrors('network.node.retired');
    return node;
  }

  private async apply(actor: Actor, node: NodeView, changes: object, verb: string): Promise<NodeView> {
    const diff = changesBetween(node, changes);
    if (Object.keys(diff).length === 0) return node;
    const { id, name, kind, address, latitude, longitude, status } = { ...node, ...defined(changes) };
    const saved = await this.uow.tx.one<NodeView>(UPDATE, [id, name, kind, address, latitude, longitude, status]);
    const subject = { type: 'network_node', id };
    const action = `network_node.${verb}`;
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes: diff });
    return saved as NodeView;
  }
}

const defined = (changes: object): object =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
