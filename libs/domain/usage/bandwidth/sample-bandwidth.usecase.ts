import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';

const ACTOR = systemActor('usage');
/** Days that samples are kept. */
export const SAMPLES_KEPT_DAYS = 90;
const BATCH = 5_000;

const ALONE = statement('bandwidth-alone', `SELECT pg_try_advisory_xact_lock(hashtext('usage.bandwidth')) AS alone`);
// A session is looked at while it is open, and once more after it ended: its cursor stays for two days, because one
// that was taken for dead may speak again. Sessions that came and went since are found by their ids. What passed between
// two updates is spread over its five minutes in proportion to time, over one day at most; the parts add up.
const SAMPLE = statement(
  'bandwidth-sample',
  `WITH seen AS MATERIALIZED (
     SELECT radacctid FROM radius.radacct WHERE acctstoptime IS NULL
     UNION SELECT radacctid FROM bandwidth_cursors
     UNION SELECT radacctid FROM radius.radacct
            WHERE radacctid > (SELECT coalesce(max(radacctid), 0) - 1000 FROM bandwidth_cursors) AND heard_at > $1::timestamptz - interval '1 day'),
   moved AS MATERIALIZED (
     SELECT r.radacctid, r.partner_id, r.customer_id, r.service_id, r.acctinputoctets, r.acctoutputoctets, r.acctupdatetime AS until,
            coalesce(c.at, r.acctstarttime) AS began, greatest(coalesce(c.at, r.acctstarttime), r.acctupdatetime - interval '1 day') AS since,
            r.acctinputoctets - coalesce(c.input_octets, 0) AS input, r.acctoutputoctets - coalesce(c.output_octets, 0) AS output
       FROM seen JOIN radius.radacct r USING (radacctid) LEFT JOIN bandwidth_cursors c USING (radacctid)
      WHERE r.service_id IS NOT NULL
        AND (c.at IS NULL OR r.acctupdatetime > c.at OR (r.acctinputoctets, r.acctoutputoctets) <> (c.input_octets, c.output_octets))),
   kept AS (
     INSERT INTO bandwidth_cursors AS c (radacctid, partner_id, at, input_octets, output_octets)
     SELECT radacctid, partner_id, until, acctinputoctets, acctoutputoctets FROM moved
     ON CONFLICT (radacctid) DO UPDATE SET at = excluded.at, input_octets = excluded.input_octets, output_octets = excluded.output_octets),
   spans AS (
     SELECT m.*, greatest(0, extract(epoch FROM until - since)) AS span,
            CASE WHEN since > began THEN extract(epoch FROM until - since) / extract(epoch FROM until - began) ELSE 1 END AS share
       FROM moved m WHERE input > 0 OR output > 0),
   parts AS (
     SELECT s.*, b.at, greatest(0, extract(epoch FROM b.at - since)) AS before,
            CASE WHEN b.at + interval '5 minutes' >= until THEN span ELSE extract(epoch FROM b.at + interval '5 minutes' - since) END AS upto
       FROM spans s, LATERAL generate_series(date_bin('5 minutes', least(since, until), 'epoch'),
              CASE WHEN span > 0 THEN until - interval '1 microsecond' ELSE until END, interval '5 minutes') b (at))
   INSERT INTO bandwidth_samples AS b (partner_id, customer_id, service_id, at, input_octets, output_octets)
   SELECT partner_id, customer_id, service_id, at,
          sum(CASE WHEN span = 0 THEN input ELSE floor(input * share * upto / span) - floor(input * share * before / span) END)::bigint,
          sum(CASE WHEN span = 0 THEN output ELSE floor(output * share * upto / span) - floor(output * share * before / span) END)::bigint
     FROM parts GROUP BY 1, 2, 3, 4
   ON CONFLICT (service_id, at) DO UPDATE SET input_octets = b.input_octets + excluded.input_octets, output_octets = b.output_octets + excluded.output_octets`,
);
const FORGET_CURSORS = statement(
  'bandwidth-forget-cursors',
  `DELETE FROM bandwidth_cursors c WHERE radacctid = ANY (ARRAY(
     SELECT c.radacctid FROM bandwidth_cursors c JOIN radius.radacct r USING (radacctid)
      WHERE r.acctstoptime IS NOT NULL AND r.heard_at < $1::timestamptz - interval '2 days' LIMIT ${BATCH}))`,
);
const FORGET = statement(
  'bandwidth-forget',
  `DELETE FROM bandwidth_samples WHERE (service_id, at) IN (
     SELECT s.service_id, s.at FROM partners p, LATERAL (
       SELECT service_id, at FROM bandwidth_samples b
        WHERE b.partner_id = p.id AND b.at < $1::timestamptz - interval '${SAMPLES_KEPT_DAYS} days' LIMIT ${BATCH}) s LIMIT ${BATCH})`,
);

/** Turns what accounting told since the last time into samples of five minutes, all sessions in one statement. */
@Injectable()
export class SampleBandwidth {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many samples it wrote; none when another process is at it. */
  execute(): Promise<number> {
    return this.uow.run(ACTOR, async (tx) => {
      const { alone } = (await tx.one<{ alone: boolean }>(ALONE)) as { alone: boolean };
      return alone ? tx.execute(SAMPLE, [this.clock.now()]) : 0;
    });
  }

  /** Deletes samples that are older than 90 days, and the marks of sessions that are long over. */
  async forget(): Promise<void> {
    for (const statementOf of [FORGET_CURSORS, FORGET])
      while ((await this.uow.run(ACTOR, (tx) => tx.execute(statementOf, [this.clock.now()]))) >= BATCH);
  }
}
