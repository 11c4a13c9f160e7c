import { createHash } from 'node:crypto';

/** `intended` and `failed` may have had an effect; only `compensated` and `skipped` certainly have none. */
export type StepStatus = 'intended' | 'done' | 'failed' | 'compensating' | 'compensated' | 'skipped';

/**
 * Where a step happens. Opening steps share the transaction that also notes the intents towards devices, closing steps
 * the one that ends the job: so neither can stop half way, and a job costs two transactions however many steps it has.
 */
export type StepPlace = 'opening' | 'device' | 'closing';

export interface StepRetries {
  /** Tries before a person has to look. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export interface StepDefinition<N extends string = string> {
  readonly name: N;
  readonly place: StepPlace;
  /** Milliseconds for one call of the device; only for device steps. */
  readonly timeoutMs?: number;
  /** How the step is undone; absent when there is nothing to undo. */
  readonly compensation?: StepRetries;
}

export interface SagaDefinition<N extends string = string> {
  readonly kind: string;
  readonly steps: readonly StepDefinition<N>[];
}

/** What is known of a step. */
export interface StepRecord {
  readonly name: string;
  readonly status: StepStatus;
  /** Tries of what the status tells of: of the step, or of its compensation. */
  readonly attempts: number;
}

/** What tells a job from every other, of any past that was restored. */
export interface KeyedJob {
  readonly id: number;
  readonly createdAt: Date;
}

export type Direction = 'forward' | 'backward';

/** What to do next. `open` and `close` are transactions of all their steps; `end` undoes the opening steps and ends. */
export type NextMove<N extends string = string> =
  | { readonly move: 'open' }
  | { readonly move: 'perform'; readonly step: StepDefinition<N> }
  | { readonly move: 'close' }
  | { readonly move: 'undo'; readonly step: StepDefinition<N> }
  | { readonly move: 'end'; readonly undone: readonly N[] }
  | { readonly move: 'hold'; readonly step: StepDefinition<N> };

const PLACES: readonly StepPlace[] = ['opening', 'device', 'closing'];
const FINISHED = new Set<StepStatus>(['done', 'skipped']);
const WITHOUT_EFFECT = new Set<StepStatus>(['compensated', 'skipped']);

/**
 * Checks a saga when it is defined.
 * @throws TypeError when a name is used twice, the places are out of order, a closing step is to be undone (it ends the
 *   job, so nothing comes after it), or a device step has no time limit.
 */
export function defineSaga<const N extends string>(definition: SagaDefinition<N>): SagaDefinition<N> {
  const { kind, steps } = definition;
  if (new Set(steps.map(({ name }) => name)).size !== steps.length) throw new TypeError(`${kind}: a step comes twice`);
  const places = steps.map(({ place }) => PLACES.indexOf(place));
  if (places.some((place, index) => place < (places[index - 1] ?? 0)))
    throw new TypeError(`${kind}: steps are out of order`);
  for (const step of steps) {
    if (step.place === 'closing' && step.compensation) throw new TypeError(`${kind}: ${step.name} cannot be undone`);
    if (step.place === 'device' && step.timeoutMs === undefined)
      throw new TypeError(`${kind}: ${step.name} has no time limit`);
  }
  return definition;
}

/**
 * Decides from the recorded steps what comes next; the same records always lead to the same move. Forward, opening
 * steps come again with every run until they are all recorded; backward, devices are undone in reverse order, one
 * recorded step at a time, before the database forgets what it knew.
 */
export function nextMove<N extends string>(
  saga: SagaDefinition<N>,
  records: readonly StepRecord[],
  direction: Direction,
): NextMove<N> {
  const known = new Map(records.map((record) => [record.name, record]));
  const statusOf = ({ name }: StepDefinition<N>): StepStatus | undefined => known.get(name)?.status;
  if (direction === 'forward') {
    const step = saga.steps.find((one) => !FINISHED.has(statusOf(one) ?? 'intended'));
    if (step?.place === 'opening') return { move: 'open' };
    // A device is told nothing whose intent is not on record.
    if (step?.place === 'device') return statusOf(step) ? { move: 'perform', step } : { move: 'open' };
    return { move: 'close' };
  }
  const owed = saga.steps.filter((one) => {
    const status = statusOf(one);
    return one.compensation !== undefined && status !== undefined && !WITHOUT_EFFECT.has(status);
  });
  const step = owed.findLast(({ place }) => place === 'device');
  if (!step) return { move: 'end', undone: owed.map(({ name }) => name).reverse() };
  const record = known.get(step.name) as StepRecord;
  const tried = record.status === 'compensating' ? record.attempts : 0;
  return tried >= (step.compensation as StepRetries).attempts ? { move: 'hold', step } : { move: 'undo', step };
}

/** Whether any device may have been changed and not been put back. */
export function touchesDevices(saga: SagaDefinition, records: readonly StepRecord[]): boolean {
  const next = nextMove(saga, records, 'backward');
  return next.move !== 'end';
}

/** Whether a saga can go back at all. */
export function isReversible(saga: SagaDefinition): boolean {
  return saga.steps.some(({ compensation }) => compensation !== undefined);
}

/**
 * What a device is given to recognize a repetition by: the same for every try of one step of one job that tells it the
 * same. The time of the order is part of it, because a restored database counts its jobs from an earlier number: a device
 * must not take a new job for the one of that number which it carried out before. So is what it is `told`: a job that was
 * restored to before its decisions may decide otherwise.
 */
export function stepKey({ id, createdAt }: KeyedJob, step: string, undo = false, told?: object): string {
  const digest = told ? `-${createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 12)}` : '';
  return `provisioning-${id}-${createdAt.getTime().toString(36)}${digest}-${step}${undo ? '-undo' : ''}`;
}

/** The records with these steps in another status; `attempts` starts at one with every new status. */
export function marked(
  records: readonly StepRecord[],
  names: readonly string[],
  status: StepStatus,
): readonly StepRecord[] {
  const before = new Map(records.map((record) => [record.name, record]));
  const after = names.map((name) => {
    const old = before.get(name);
    return { name, status, attempts: old?.status === status ? old.attempts + 1 : 1 };
  });
  return [...records.filter(({ name }) => !names.includes(name)), ...after];
}
