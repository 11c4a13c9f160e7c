import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { type Statement, UnitOfWork, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { Log } from '@isp/platform/logging';
import { type Cursor, type Start, admit } from './admission.policy.js';
import { changeFeedErrors } from './change-feed.errors.js';

export type TrackedKind = 'service' | 'work_order';

/** An answer that has not left by then was lost; longer than any request lasts. */
const CLAIM_SECONDS = 45;

const CLUSTER = '(SELECT system_identifier::text FROM pg_control_system())';
const PREPARE = statement(
  'change-cursor-prepare',
  'INSERT INTO change_cursors (partner_id, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);
const LOCK = statement(
  'change-cursor-lock',
  `SELECT upto::text, upto_at AS "uptoAt", since::text, since_at AS "sinceAt", cluster = ${CLUSTER} AS "sameCluster", repeats, claim,
          claimed_until AS "claimedUntil"
     FROM change_cursors WHERE partner_id = $1 AND kind = $2 FOR NO KEY UPDATE`,
);
const CLAIM = statement(
  'change-cursor-claim',
  'UPDATE change_cursors SET claim = claim + 1, claimed_until = $3 WHERE partner_id = $1 AND kind = $2',
);
const CONFIRM = statement(
  'change-cursor-confirm',
  `UPDATE change_cursors
      SET since = $4::pg_snapshot, since_at = $5, upto = $6::pg_snapshot, upto_at = CASE WHEN $8 THEN upto_at ELSE $7 END,
          repeats = CASE WHEN $8 THEN repeats + 1 ELSE 0 END, cluster = ${CLUSTER}, claimed_until = NULL
    WHERE partner_id = $1 AND kind = $2 AND claim = $3`,
);
const RELEASE = statement(
  'change-cursor-release',
  'UPDATE change_cursors SET claimed_until = NULL WHERE partner_id = $1 AND kind = $2 AND claim = $3',
);

/** The question for rows that changed. Tables are joined to `changed c` (`c.row_id`, `c.changed_at`). */
export interface DeltaText {
  readonly kind: TrackedKind;
  readonly columns: string;
  /** What follows `FROM changed c`. */
  readonly joins: string;
  /** Of the columns' names. */
  readonly order: string;
}

/**
 * A statement that answers what changed and, in the same snapshot, where the next answer begins: two statements would
 * leave a gap, or show a row of after the cut.
 */
export function deltaStatement(name: string, { kind, columns, joins, order }: DeltaText): Statement {
  return statement(
    name,
    `WITH cut AS MATERIALIZED (SELECT pg_current_snapshot() AS upto),
     changed AS (
       SELECT t.row_id, t.changed_at FROM tracked_changes t
        WHERE t.partner_id = $1 AND t.kind = '${kind}' AND t.changed_in >= coalesce(pg_snapshot_xmin($2::pg_snapshot), '0'::xid8)
          AND (($2::pg_snapshot IS NULL AND t.changed_at >= $3) OR NOT pg_visible_in_snapshot(t.changed_in, $2::pg_snapshot)))
     SELECT cut.upto::text AS "cutUpto", found.*
       FROM cut LEFT JOIN (SELECT true AS "cutFound", ${columns} FROM changed c ${joins}) found ON true ORDER BY ${order}`,
  );
}

type Cut<R> = R & { readonly cutUpto: string; readonly cutFound: true | null };

/** Rows for one answer. One of the two is to be called when it is known what became of it; neither rejects. */
export interface Handed<R> {
  readonly rows: readonly R[];
  /** The answer has left in full: the next one begins where it ends. */
  confirm(): Promise<void>;
  /** The answer did not leave: the next call may come at once, and begins where this one began. */
  release(): Promise<void>;
}

/** Hands a partner what changed since its last answer, once in 10 minutes; the first time, what changed in 24 hours. */
@Injectable()
export class ChangeFeed {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param repeat the last answer once more, with what came since: for who lost it on the way
   * @throws `platform.change_feed.too_soon`, `….nothing_to_repeat`, `….partners_only`
   */
  take<R>(actor: Actor, kind: TrackedKind, delta: Statement, repeat: boolean): Promise<Handed<R>> {
    if (actor.reach === 'customer') throw changeFeedErrors('platform.change_feed.partners_only');
    const who = [actor.partnerId, kind];
    return this.uow.run(actor, async (tx) => {
      await tx.execute(PREPARE, who);
      const cursor = (await tx.one<Cursor>(LOCK, who)) as Cursor;
      const now = this.clock.now();
      const start = admit(cursor, now, repeat);
      const found = await tx.query<Cut<R>>(delta, [actor.partnerId, start.since, start.sinceAt]);
      await tx.execute(CLAIM, [...who, addSeconds(now, CLAIM_SECONDS)]);
      const claim = cursor.claim + 1;
      const rows = found.filter(({ cutFound }) => cutFound);
      return {
        rows,
        confirm: () => this.confirm(actor, [...who, claim], start, [found[0]?.cutUpto, now, repeat]),
        release: () => this.write(actor, RELEASE, [...who, claim]),
      };
    });
  }

  private confirm(actor: Actor, key: readonly unknown[], { since, sinceAt }: Start, end: readonly unknown[]) {
    failPoint('change-feed.before-confirm');
    return this.write(actor, CONFIRM, [...key, since, sinceAt, ...end]);
  }

  private async write(actor: Actor, sql: Statement, values: readonly unknown[]): Promise<void> {
    try {
      await this.uow.outside(() => this.uow.run(actor, (tx) => tx.execute(sql, values)));
    } catch (error) {
      // As after a crash: the claim runs out, and the next answer begins where this one began.
      this.log.warn('It was not noted what became of an answer', { err: error });
    }
  }
}
