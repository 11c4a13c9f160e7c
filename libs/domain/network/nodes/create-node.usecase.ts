import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { NODE_COLUMNS, type NodeKind, type NodeView } from './node.view.js';

const INSERT = statement(
  'nodes-insert',
  `INSERT INTO network_nodes AS n (code, name, kind, address, latitude, longitude) VALUES ($1, $2, $3, $4, $5, $6)
   RETURNING ${NODE_COLUMNS}`,
);

export interface NodeValues {
  readonly code: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly address?: string | null | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
}

/** Registers a place where devices stand. */
@Injectable()
export class CreateNode {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.node.code_taken` */
  execute({ actor, ...values }: NodeValues & { readonly actor: Actor }): Promise<NodeView> {
    const { code, name, kind, address = null, latitude = null, longitude = null } = values;
    return this.uow.run(actor, async (tx) => {
      const node = await tx
        .one<NodeView>(INSERT, [code, name, kind, address, latitude, longitude])
        .catch((error: unknown) => {
          if (violatedConstraint(error) === 'network_nodes_code_key') throw networkErrors('network.node.code_taken');
          throw error;
        });
      const { id } = node as NodeView;
      const subject = { type: 'network_node', id };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'network_node.create',
        subject,
        changes: { ...values },
      });
      return node as NodeView;
    });
  }
}
