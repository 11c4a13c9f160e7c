import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { DRIFT_COLUMNS, type DriftView } from './drift.view.js';

// One comparison at a time: two would find the same.
const ALONE = statement('drifts-alone', `SELECT pg_advisory_xact_lock(hashtext('network.reconcile'))`);
const SAME = `f.kind = d.kind AND coalesce(f.service_id, 0) = coalesce(d.service_id, 0)
  AND coalesce(f.session_id, 0) = coalesce(d.session_id, 0)`;
// What is being put right is not compared, and is right only when the network has confirmed it.
const UNDER_WAY = `(d.kind IN ('closed', 'access', 'address', 'rate', 'router')
  AND EXISTS (SELECT FROM subscribers u WHERE u.service_id = d.service_id AND u.convergence <> 'confirmed'))`;
export const COMPARE = statement(
  'drifts-compare',
  `WITH found AS MATERIALIZED (
     SELECT * FROM network_differences($1)
     UNION ALL
     SELECT u.partner_id, u.customer_id, u.service_id, NULL, 'router', u.router_wanted, u.router_seen,
            'router ' || d.name || ' was read back and does not do what it was seen to do at ' || to_char(u.confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       FROM subscribers u JOIN devices d ON d.id = u.router_id WHERE u.router_seen IS NOT NULL),
   known AS MATERIALIZED (SELECT id, kind, service_id, session_id FROM network_drifts WHERE repaired_at IS NULL),
   over AS (
     UPDATE network_drifts d SET repaired_at = now(), repair = coalesce(repair, 'ended by itself')
      WHERE id = ANY (ARRAY(SELECT d.id FROM known d WHERE NOT EXISTS (SELECT FROM found f WHERE ${SAME}) AND NOT ${UNDER_WAY} LIMIT $2))
     RETURNING ${DRIFT_COLUMNS}),
   news AS (
     INSERT INTO network_drifts AS d (partner_id, customer_id, service_id, session_id, kind, desired, observed, cause)
     SELECT partner_id, customer_id, service_id, session_id, kind, desired, observed, cause FROM found f
      WHERE NOT EXISTS (SELECT FROM known d WHERE ${SAME}) LIMIT $2
     ON CONFLICT DO NOTHING RETURNING ${DRIFT_COLUMNS})
   SELECT * FROM over UNION ALL SELECT * FROM news`,
);
const OPEN = statement(
  'drifts-to-repair',
  `SELECT ${DRIFT_COLUMNS} FROM network_drifts d WHERE repaired_at IS NULL AND kind <> 'unknown' AND id > $2 ORDER BY id LIMIT $1`,
);
// The ledger is right: what was sold, suspended or ended goes to the subscriber.
const SOLD = statement(
  'drifts-follow-ledger',
  `UPDATE subscribers u SET access = n.access, desired_version = desired_version + 1, changed_at = now(), convergence = 'pending',
          updated_at = now()
     FROM unnest($1::integer[], $2::text[]) n (service_id, access) WHERE u.service_id = n.service_id AND u.access <> n.access`,
);
const AGAIN = statement(
  'drifts-converge-again',
  `UPDATE subscribers SET convergence = 'pending', updated_at = now()
    WHERE service_id = ANY ($1) AND convergence = 'confirmed' AND address IS NOT NULL`,
);
// Whoever waits longest first; the next turn is set at once, so that one whose work is lost is not asked about for ever.
const READ_BACK = statement(
  'drifts-read-back',
  `UPDATE subscribers u SET read_back_at = now() + make_interval(hours => $2)
     FROM (SELECT service_id FROM subscribers WHERE address IS NOT NULL AND convergence = 'confirmed' AND read_back_at <= now()
            ORDER BY read_back_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
    WHERE u.service_id = due.service_id RETURNING u.service_id AS "serviceId"`,
);
const TRIED = statement('drifts-tried', 'UPDATE network_drifts SET attempts = attempts + 1 WHERE id = ANY ($1)');

/** The record of differences. In the caller's transaction. */
@Injectable()
export class DriftRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Compares the whole network with what is wanted of it, closes the drifts that are gone and opens those that are new,
   * at most `limit` of each, and answers both. Changes younger than `graceSeconds` are not compared.
   */
  async compare(graceSeconds: number, limit: number): Promise<DriftView[]> {
    await this.uow.tx.query(ALONE);
    return this.uow.tx.query<DriftView>(COMPARE, [graceSeconds, limit]);
  }

  /** Open drifts behind `after`, oldest first. */
  open(limit: number, after: string): Promise<DriftView[]> {
    return this.uow.tx.query<DriftView>(OPEN, [limit, after]);
  }

  /** Services whose router is to be read back, though nothing was changed; their next turn is in `hours`. */
  async toReadBack(limit: number, hours: number): Promise<number[]> {
    const rows = await this.uow.tx.query<{ serviceId: number }>(READ_BACK, [limit, hours]);
    return rows.map(({ serviceId }) => serviceId);
  }

  /** Makes the subscribers of these drifts due again. */
  async putToWork(drifts: readonly DriftView[]): Promise<void> {
    const sold = drifts.filter(({ kind }) => kind === 'commercial');
    if (sold.length > 0) {
      const values = [sold.map(({ serviceId }) => serviceId), sold.map(({ desired }) => desired)];
      await this.uow.tx.execute(SOLD, values);
    }
    await this.uow.tx.execute(AGAIN, [drifts.map(({ serviceId }) => serviceId)]);
    await this.uow.tx.execute(TRIED, [drifts.map(({ id }) => id)]);
  }
}
