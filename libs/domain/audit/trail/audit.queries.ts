import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import type { AuditEntryView, ChainReport } from './audit.view.js';

export interface AuditFilter {
  readonly partnerId?: number;
  readonly subjectType?: string;
  readonly subjectId?: string;
  readonly action?: string;
  readonly actorName?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const MATCH = `
  FROM audit_entries
 WHERE ($1::integer IS NULL OR partner_id = $1)
   AND ($2::text IS NULL OR subject_type = $2)
   AND ($3::text IS NULL OR subject_id = $3)
   AND ($4::text IS NULL OR action = $4)
   AND ($5::text IS NULL OR actor = $5)
   AND ($6::timestamptz IS NULL OR at >= $6)
   AND ($7::timestamptz IS NULL OR at < $7)`;
const COUNT = statement('audit-count', `SELECT count(*)::integer AS total ${MATCH}`);
export const AUDIT_SORTING = sorting({
  id: 'seq',
  otherwise: ['at DESC', 'partner_id', 'seq DESC'],
  fields: {
    at: { by: ['at', 'partner_id DESC', 'seq'] },
  },
});
const LISTS = sortedStatements(
  'audit-list',
  AUDIT_SORTING,
  (order) => `SELECT partner_id AS "partnerId", seq::integer, at, actor, action, subject_type AS "subjectType",
          subject_id AS "subjectId", changes, request_id AS "requestId", encode(hash, 'hex') AS hash
   ${MATCH} ORDER BY ${order} LIMIT $8 OFFSET $9`,
);

// The chain is walked in one pass: each entry's hash is recomputed over its predecessor's stored hash.
const VERIFY = statement(
  'audit-verify',
  `WITH chain AS (
     SELECT e.partner_id, e.seq, e.hash, lag(e.seq, 1, 0::bigint) OVER w AS before_seq,
            audit_hash(lag(e.hash, 1, ''::bytea) OVER w, e) AS expected
       FROM audit_entries e WHERE ($1::integer IS NULL OR e.partner_id = $1)
     WINDOW w AS (PARTITION BY e.partner_id ORDER BY e.seq))
   SELECT coalesce(h.partner_id, c.partner_id) AS "partnerId", coalesce(h.seq, 0)::integer AS "headSeq",
          encode(h.hash, 'hex') AS "headHash", coalesce(c.entries, 0)::integer AS entries,
          least(c.bad, CASE WHEN h.seq IS DISTINCT FROM c.last OR h.hash IS DISTINCT FROM c.last_hash
                            THEN coalesce(c.last, 0) + 1 END)::integer AS "firstBadSeq"
     FROM (SELECT * FROM audit_heads WHERE $1::integer IS NULL OR partner_id = $1) h
     FULL JOIN (SELECT partner_id, count(*) AS entries, max(seq) AS last, (array_agg(hash ORDER BY seq DESC))[1] AS last_hash,
                       min(seq) FILTER (WHERE hash IS DISTINCT FROM expected OR seq <> before_seq + 1) AS bad
                  FROM chain GROUP BY partner_id) c ON c.partner_id = h.partner_id
    ORDER BY 1`,
);

/** Reads of the audit trail; row level security limits them to the reader's partner. */
@Injectable()
export class AuditQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: AuditFilter, page: SortedSlice<typeof AUDIT_SORTING>) {
    // The wall alone is no way into an index.
    const own = actor.reach === 'all' ? null : actor.partnerId;
    const values = [
      filter.partnerId ?? own,
      filter.subjectType ?? null,
      filter.subjectId ?? null,
      filter.action ?? null,
      filter.actorName ?? null,
      filter.from ?? null,
      filter.to ?? null,
    ];
    return this.uow.run(actor, async (tx) => {
      const [rows, total] = await Promise.all([
        tx.query<AuditEntryView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: total?.total ?? 0 };
    });
  }

  /** Recomputes every chain that the actor can see and names the first entry of each that does not fit. */
  verify(actor: Actor, partnerId?: number): Promise<ChainReport[]> {
    return this.uow.run(actor, (tx) => tx.query<ChainReport>(VERIFY, [partnerId ?? null]));
  }
}
