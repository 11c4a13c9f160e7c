import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';

const APPEND = statement('audit-append', 'SELECT audit_append($1, $2)');

export interface AuditNote {
  readonly actor: Actor;
  /** Whose chain it goes to: the partner whose thing was changed. */
  readonly partnerId: number;
  /** `<resource>.<verb>`, such as `customer.suspend`. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string | number };
  /** What changed, secrets left out: `{ status: ['active', 'suspended'] }` or the values of a new thing. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The audit trail: one row per change, in the transaction of the change, chained by hashes per partner. Notes are kept
 * back until the very end of the transaction, because the chain's head is a lock that all of a partner's writers share.
 */
@Injectable()
export class AuditTrail {
  private readonly pending = new WeakMap<Transaction, Map<number, Row[]>>();

  constructor(private readonly uow: UnitOfWork) {}

  /** Notes a change in the caller's transaction. */
  record(note: AuditNote): void {
    const tx = this.uow.tx;
    let chains = this.pending.get(tx);
    if (!chains) {
      chains = new Map();
      this.pending.set(tx, chains);
      tx.beforeCommit(() => this.append(tx));
    }
    const rows = chains.get(note.partnerId) ?? [];
    rows.push({
      actor: note.actor.name,
      action: note.action,
      subject_type: note.subject.type,
      subject_id: String(note.subject.id),
      changes: note.changes ?? {},
      request_id: currentRequestId() ?? null,
    });
    chains.set(note.partnerId, rows);
  }

  private async append(tx: Transaction): Promise<void> {
    // Always in the same order, so that two transactions over several chains cannot deadlock.
    const chains = [...(this.pending.get(tx) ?? [])].sort(([left], [right]) => left - right);
    await Promise.all(chains.map(([partnerId, rows]) => tx.query(APPEND, [partnerId, JSON.stringify(rows)])));
  }
}
