import { Injectable } from '@nestjs/common';
import type { DeviceReading } from '../drivers/status-driver.port.js';
import { type AlarmCall, AlarmRepository, type StateRow, type ThresholdRow } from './alarm.repository.js';
import { CALM, nextWatch } from './threshold.policy.js';

/** A device that was looked at. */
export interface Observation {
  readonly deviceId: number;
  readonly kind: string;
  readonly modelId: number | null;
  readonly was: string;
  readonly nowIs: string;
  readonly reading: DeviceReading | null;
}

interface Changes {
  readonly states: StateRow[];
  readonly raised: AlarmCall[];
  readonly cleared: { readonly deviceId: number; readonly source: string }[];
}

/** Raises and clears alarms by what devices were seen to do, in the transaction that keeps it: each exactly once. */
@Injectable()
export class AlarmWatch {
  constructor(private readonly alarms: AlarmRepository) {}

  async observe(observations: readonly Observation[]): Promise<void> {
    const changes: Changes = { states: [], raised: [], cleared: [] };
    for (const one of observations) watchReachability(one, changes);
    const read = observations.filter(({ reading }) => reading !== null);
    if (read.length > 0) {
      const [thresholds, states, now] = await Promise.all([
        this.alarms.thresholds(),
        this.alarms.states(read.map(({ deviceId }) => deviceId)),
        this.alarms.now(),
      ]);
      const known = new Map(states.map((state) => [`${state.deviceId}/${state.thresholdId}`, state]));
      for (const one of read) watchFigures(one, thresholds, known, now, changes);
    }
    await this.alarms.keep(changes.states);
    await this.alarms.clear(changes.cleared);
    await this.alarms.raise(changes.raised);
  }
}

function watchReachability({ deviceId, was, nowIs }: Observation, changes: Changes): void {
  if (was === nowIs) return;
  const source = 'reachability';
  const call = { deviceId, source, metric: null, severity: 'critical', message: 'Unreachable', value: null } as const;
  if (nowIs === 'down') changes.raised.push(call);
  else changes.cleared.push({ deviceId, source });
}

function watchFigures(
  observed: Observation,
  thresholds: readonly ThresholdRow[],
  known: ReadonlyMap<string, StateRow>,
  now: number,
  changes: Changes,
): void {
  const { deviceId } = observed;
  const figures = observed.reading as unknown as Readonly<Record<string, unknown>>;
  for (const threshold of applying(observed, thresholds)) {
    const value = figures[threshold.metric];
    if (typeof value !== 'number') continue;
    const before = known.get(`${deviceId}/${threshold.id}`) ?? CALM;
    const after = nextWatch(before, threshold, value, now);
    if (JSON.stringify(after) === JSON.stringify(bare(before))) continue;
    changes.states.push({ deviceId, thresholdId: threshold.id, ...after });
    if (after.level === before.level) continue;
    const source = `threshold:${threshold.id}`;
    if (after.level === 'none') changes.cleared.push({ deviceId, source });
    else {
      const { metric, direction } = threshold;
      const message = `${metric} ${value} is ${direction} ${threshold[after.level]}`;
      changes.raised.push({ deviceId, source, metric, severity: after.level, message, value });
    }
  }
}

const bare = ({ level, pending, pendingSince }: typeof CALM) => ({ level, pending, pendingSince });

/** For each figure and direction the narrowest threshold: the model's, the kind's, or anybody's. */
function applying({ kind, modelId }: Observation, thresholds: readonly ThresholdRow[]): ThresholdRow[] {
  const narrowest = new Map<string, ThresholdRow>();
  const width = (one: ThresholdRow): number => (one.modelId !== null ? 0 : one.kind !== null ? 1 : 2);
  for (const one of thresholds) {
    const fits = (one.modelId === null || one.modelId === modelId) && (one.kind === null || one.kind === kind);
    const name = `${one.metric} ${one.direction}`;
    const other = narrowest.get(name);
    if (fits && (!other || width(one) < width(other))) narrowest.set(name, one);
  }
  return [...narrowest.values()];
}
