import { Injectable } from '@nestjs/common';
import type { DeviceKind } from '../devices/device.view.js';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { DeviceReading } from '../drivers/status-driver.port.js';
import { CLAIMED_COLUMNS, CLAIMED_TABLES, type ClaimedRow } from './status-target.js';

/** Longer than any question takes: after that its asker is dead. */
const LEASE = `interval '60 seconds'`;
/** Misses in a row that make a device down, and answers in a row that make it up again: a flapping one stays what it is. */
export const MISSES_TO_DOWN = 3;
export const HITS_TO_UP = 2;
/** Seconds after a miss until the next look at a device that is not known to be down. */
const RECHECK_SECONDS = 10;
/** Seconds between two live questions to one device. */
export const LIVE_EVERY_SECONDS = 5;

const CLAIM = statement(
  'device-status-claim',
  `WITH due AS (
     SELECT device_id FROM device_status
      WHERE next_poll_at <= now() AND (claimed_until IS NULL OR claimed_until < now())
      ORDER BY next_poll_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE device_status s SET claim = s.claim + 1, claimed_until = now() + ${LEASE}, asked_at = now(),
          next_poll_at = now() + d.poll_interval_seconds * (0.9 + 0.2 * random()) * interval '1 second'
     FROM due, ${CLAIMED_TABLES} WHERE s.device_id = due.device_id AND d.id = due.device_id
   RETURNING s.claim, ${CLAIMED_COLUMNS}`,
);
const CLAIM_LIVE = statement(
  'device-status-claim-live',
  `UPDATE device_status s SET claim = s.claim + 1, claimed_until = now() + ${LEASE}, asked_at = now(), asked_live_at = now()
     FROM ${CLAIMED_TABLES} WHERE s.device_id = $1 AND d.id = $1 AND s.next_poll_at IS NOT NULL
      AND (s.asked_live_at IS NULL OR s.asked_live_at <= now() - ${LIVE_EVERY_SECONDS} * interval '1 second')
   RETURNING s.claim, ${CLAIMED_COLUMNS}`,
);
const WAIT = statement(
  'device-status-wait',
  `SELECT next_poll_at IS NOT NULL AS asked, coalesce(extract(epoch FROM asked_live_at - now()) + ${LIVE_EVERY_SECONDS}, 0)::float8 AS seconds
     FROM device_status WHERE device_id = $1`,
);
const RECORD = statement(
  'device-status-record',
  `WITH given AS (
     SELECT * FROM jsonb_to_recordset($1) AS g (device_id integer, claim integer, outcome text, reading jsonb, error text, elapsed_ms float8)),
   found AS (
     SELECT s.device_id, s.reachability AS was, g.outcome, g.error, g.elapsed_ms, nullif(g.reading, 'null') AS reading,
            CASE g.outcome WHEN 'seen' THEN 0 WHEN 'missed' THEN s.misses + 1 ELSE s.misses END AS misses,
            CASE g.outcome WHEN 'seen' THEN s.hits + 1 WHEN 'missed' THEN 0 ELSE s.hits END AS hits
       FROM device_status s JOIN given g ON g.device_id = s.device_id AND g.claim = s.claim
      ORDER BY s.device_id FOR UPDATE OF s),
   judged AS (
     SELECT *, CASE WHEN misses >= ${MISSES_TO_DOWN} THEN 'down'
                    WHEN outcome = 'seen' AND (was <> 'down' OR hits >= ${HITS_TO_UP}) THEN 'up' ELSE was END AS now_is
       FROM found),
   sampled AS (
     INSERT INTO device_samples (device_id, at, online, rx_power_dbm, tx_power_dbm, olt_rx_power_dbm, temperature_celsius)
     SELECT device_id, now(), (reading->>'online')::boolean, (reading->>'rxPowerDbm')::real, (reading->>'txPowerDbm')::real,
            (reading->>'oltRxPowerDbm')::real, (reading->>'temperatureCelsius')::real
       FROM judged WHERE reading IS NOT NULL ON CONFLICT DO NOTHING),
   probed AS (
     INSERT INTO device_probes AS p (device_id, hour, asked, answered, elapsed_ms)
     SELECT device_id, date_trunc('hour', now(), 'UTC'), 1, (outcome = 'seen')::integer, CASE outcome WHEN 'seen' THEN elapsed_ms ELSE 0 END
       FROM judged WHERE outcome <> 'unobservable' AND was <> 'down'
     ON CONFLICT (device_id, hour) DO UPDATE SET asked = p.asked + 1, answered = p.answered + excluded.answered,
       elapsed_ms = p.elapsed_ms + excluded.elapsed_ms)
   UPDATE device_status s SET claimed_until = NULL, misses = least(j.misses, 1000), hits = least(j.hits, 1000), error = j.error,
          reading = coalesce(j.reading, s.reading), read_at = CASE WHEN j.reading IS NOT NULL THEN now() ELSE s.read_at END,
          last_seen_at = CASE WHEN j.outcome = 'seen' THEN now() ELSE s.last_seen_at END,
          reachability = j.now_is, transitions = s.transitions + (j.now_is <> j.was)::integer,
          changed_at = CASE WHEN j.now_is <> j.was THEN now() ELSE s.changed_at END,
          next_poll_at = CASE WHEN j.outcome = 'missed' AND j.now_is <> 'down'
            THEN least(s.next_poll_at, now() + ${RECHECK_SECONDS} * (0.9 + 0.2 * random()) * interval '1 second') ELSE s.next_poll_at END
     FROM judged j JOIN devices d ON d.id = j.device_id LEFT JOIN network_nodes n ON n.id = d.node_id
    WHERE s.device_id = j.device_id
   RETURNING s.device_id AS "deviceId", d.name, d.kind, d.model_id AS "modelId", coalesce(n.code, '') AS node, j.was,
             j.now_is AS "nowIs", s.transitions, j.outcome, j.reading`,
);
const DUE = statement(
  'device-status-count-due',
  'SELECT count(*)::integer AS due FROM (SELECT FROM device_status WHERE next_poll_at <= now() LIMIT 20000) due',
);
const PURGE_PROBES = statement(
  'device-probes-purge',
  `DELETE FROM device_probes WHERE (device_id, hour) IN (
     SELECT device_id, hour FROM device_probes WHERE hour < now() - $1 * interval '1 day' ORDER BY hour LIMIT 10000)`,
);
const PURGE = statement(
  'device-samples-purge',
  `DELETE FROM device_samples WHERE (device_id, at) IN (
     SELECT device_id, at FROM device_samples WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT 10000)`,
);

/** What a question came to: an answer, none (or "it is off"), or that its OLT was silent, which says nothing of an ONT. */
export type Outcome = 'seen' | 'missed' | 'unobservable';

export interface ReadResult {
  readonly deviceId: number;
  readonly claim: number;
  readonly outcome: Outcome;
  readonly reading: DeviceReading | null;
  readonly error: string | null;
  /** From the question to its answer, or until it was given up. */
  readonly elapsedMs: number;
}

/** What a recorded result changed. */
export interface Recorded {
  readonly deviceId: number;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly modelId: number | null;
  readonly node: string;
  readonly was: string;
  readonly nowIs: string;
  readonly transitions: number;
  readonly outcome: Outcome;
  readonly reading: DeviceReading | null;
}

@Injectable()
export class StatusRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Up to `limit` devices that are due, nobody else's until they are recorded. */
  claim(limit: number): Promise<ClaimedRow[]> {
    return this.uow.tx.query<ClaimedRow>(CLAIM, [limit]);
  }

  claimLive(deviceId: number): Promise<ClaimedRow | undefined> {
    return this.uow.tx.one<ClaimedRow>(CLAIM_LIVE, [deviceId]);
  }

  /** Why a device cannot be claimed: it is never asked, or not before so many seconds. */
  async waitOf(deviceId: number): Promise<{ readonly asked: boolean; readonly seconds: number }> {
    const found = await this.uow.tx.one<{ asked: boolean; seconds: number }>(WAIT, [deviceId]);
    return found ?? { asked: false, seconds: 0 };
  }

  /** Writes results in one statement; one whose claim was overtaken changes nothing. */
  record(results: readonly ReadResult[]): Promise<Recorded[]> {
    const given = results.map(({ deviceId, elapsedMs, ...rest }) => ({
      device_id: deviceId,
      elapsed_ms: elapsedMs,
      ...rest,
    }));
    return this.uow.tx.query<Recorded>(RECORD, [JSON.stringify(given)]);
  }

  async due(): Promise<number> {
    return (await this.uow.tx.one<{ due: number }>(DUE))?.due ?? 0;
  }

  purgeProbes(days: number): Promise<number> {
    return this.uow.tx.execute(PURGE_PROBES, [days]);
  }

  purgeSamples(days: number): Promise<number> {
    return this.uow.tx.execute(PURGE, [days]);
  }
}
