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

interface Note {
  readonly partnerId: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * The audit trail: one row per change, in the transaction of the change, chained by hashes per partner. Notes are kept
 * back until the very end of the transaction, because the chain's head is a lock that all of a partner's writers share.
 */
@Injectable()
export class AuditTrail {
  constructor(private readonly uow: UnitOfWork) {}

  /** Notes a change in the caller's transaction. */
  record({ actor, partnerId, action, subject, changes = {} }: AuditNote): void {
    const row = {
      actor: actor.name,
      action,
      subject_type: subject.type,
      subject_id: String(subject.id),
      changes,
      request_id: currentRequestId() ?? null,
    };
    this.uow.tx.collect(append, { partnerId, row });
  }
}

async function append(notes: readonly Note[], tx: Transaction): Promise<void> {
  // Always in the same order, so that two transactions over several chains cannot deadlock.
  const partners = [...new Set(notes.map(({ partnerId }) => partnerId))].sort((left, right) => left - right);
  const rowsOf = (partner: number) => notes.filter(({ partnerId }) => partnerId === partner).map(({ row }) => row);
  await Promise.all(partners.map((partner) => tx.query(APPEND, [partner, JSON.stringify(rowsOf(partner))])));
}
