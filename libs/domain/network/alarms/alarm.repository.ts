import { Injectable } from '@nestjs/common';
import { snakeCase } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { AlarmSeverity } from './alarm.view.js';
import type { AlarmLevel, Threshold } from './threshold.policy.js';

const THRESHOLDS = statement(
  'alarm-thresholds-active',
  `SELECT id, metric, model_id AS "modelId", kind, direction, warning, critical, hysteresis, hold_seconds AS "holdSeconds"
     FROM alarm_thresholds WHERE status = 'active'`,
);
const STATES = statement(
  'alarm-states-of',
  `SELECT device_id AS "deviceId", threshold_id AS "thresholdId", level, pending, extract(epoch FROM pending_since)::float8 AS "pendingSince"
     FROM alarm_states WHERE device_id = ANY ($1::integer[])`,
);
const KEEP = statement(
  'alarm-states-keep',
  `INSERT INTO alarm_states (device_id, threshold_id, level, pending, pending_since)
   SELECT device_id, threshold_id, level, pending, to_timestamp(pending_since)
     FROM jsonb_to_recordset($1) AS g (device_id integer, threshold_id integer, level text, pending text, pending_since float8)
   ON CONFLICT (device_id, threshold_id)
   DO UPDATE SET level = excluded.level, pending = excluded.pending, pending_since = excluded.pending_since`,
);
// The index of open alarms is what makes it once: a second one becomes an occurrence of the first.
const RAISE = statement(
  'alarms-raise',
  `INSERT INTO alarms (device_id, source, metric, severity, message, value)
   SELECT device_id, source, metric, severity, message, value
     FROM jsonb_to_recordset($1) AS g (device_id integer, source text, metric text, severity text, message text, value float8)
   ON CONFLICT (device_id, source) WHERE status <> 'cleared'
   DO UPDATE SET severity = excluded.severity, message = excluded.message, value = excluded.value, seen_at = now(),
                 occurrences = alarms.occurrences + 1, version = alarms.version + 1`,
);
const CLEAR = statement(
  'alarms-clear',
  `UPDATE alarms a SET status = 'cleared', cleared_at = now(), version = version + 1
     FROM jsonb_to_recordset($1) AS g (device_id integer, source text)
    WHERE a.device_id = g.device_id AND a.source = g.source AND a.status <> 'cleared'`,
);
// An acknowledged one too: somebody knows of it, and it is as much over.
const FADE = statement(
  'alarms-fade',
  `UPDATE alarms SET status = 'cleared', cleared_at = now(), version = version + 1
    WHERE status <> 'cleared' AND starts_with(source, 'trap:') AND split_part(source, '/', 1) <> ALL ($1::text[])
      AND seen_at < now() - make_interval(secs => $2)`,
);
const FORGET = statement(
  'alarms-forget',
  `DELETE FROM alarms WHERE id = ANY (ARRAY(
     SELECT id FROM alarms WHERE status = 'cleared' AND cleared_at < now() - make_interval(days => $1) ORDER BY cleared_at LIMIT 2000))`,
);
const NOW = statement('alarms-now', 'SELECT extract(epoch FROM now())::float8 AS now');

export interface ThresholdRow extends Threshold {
  readonly id: number;
  readonly metric: string;
  readonly modelId: number | null;
  readonly kind: string | null;
}

export interface StateRow {
  readonly deviceId: number;
  readonly thresholdId: number;
  readonly level: AlarmLevel;
  readonly pending: AlarmLevel | null;
  readonly pendingSince: number | null;
}

export interface AlarmCall {
  readonly deviceId: number;
  readonly source: string;
  readonly metric: string | null;
  readonly severity: AlarmSeverity;
  readonly message: string;
  readonly value: number | null;
}

@Injectable()
export class AlarmRepository {
  constructor(private readonly uow: UnitOfWork) {}

  thresholds(): Promise<ThresholdRow[]> {
    return this.uow.tx.query<ThresholdRow>(THRESHOLDS);
  }

  states(deviceIds: readonly number[]): Promise<StateRow[]> {
    return this.uow.tx.query<StateRow>(STATES, [deviceIds]);
  }

  /** The database's seconds. */
  async now(): Promise<number> {
    return (await this.uow.tx.one<{ now: number }>(NOW))?.now ?? 0;
  }

  async keep(states: readonly StateRow[]): Promise<void> {
    if (states.length > 0) await this.uow.tx.execute(KEEP, [rows(states)]);
  }

  async raise(calls: readonly AlarmCall[]): Promise<void> {
    if (calls.length > 0) await this.uow.tx.execute(RAISE, [rows(calls)]);
  }

  async clear(calls: readonly Pick<AlarmCall, 'deviceId' | 'source'>[]): Promise<void> {
    if (calls.length > 0) await this.uow.tx.execute(CLEAR, [rows(calls)]);
  }

  /** Clears alarms of traps, but for those of these sources, that have not come again for so long. */
  fade(lasting: readonly string[], seconds: number): Promise<number> {
    return this.uow.tx.execute(FADE, [lasting, seconds]);
  }

  /** Removes some of the alarms that were cleared so many days ago; 0 when there is none left. */
  forget(days: number): Promise<number> {
    return this.uow.tx.execute(FORGET, [days]);
  }
}

function rows(objects: readonly object[]): string {
  const named = objects.map((one) =>
    Object.fromEntries(Object.entries(one).map(([name, value]) => [snakeCase(name), value])),
  );
  return JSON.stringify(named);
}
