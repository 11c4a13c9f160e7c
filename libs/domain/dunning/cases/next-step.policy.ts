import { Money, addDays, daysBetween, localDate, startOfDay } from '@isp/kernel';
import { type Wait, nextAllowed } from '../policies/cut-window.policy.js';
import {
  type DunningLevel,
  type DunningStep,
  type DunningTerms,
  LEVELS,
  SEVERITY,
  isCut,
  severityOf,
} from '../policies/policy.types.js';

/** Why a step that would be due is not taken yet. */
export type HeldFor = Wait | 'promise' | 'gap' | 'payment_pending' | 'below_amount' | 'provisioning';

/** What an account is late with, net of credit, pending charges and disputed invoices. */
export interface Standing {
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  /** Due date of the oldest invoice that counts. */
  readonly since: string;
}

export interface CaseState {
  readonly level: DunningLevel;
  readonly round: number;
  /** Keys of the steps that were taken. */
  readonly done: ReadonlySet<string>;
  /** The day of the last step, where the account is. */
  readonly lastStepOn: string | null;
  /** Steps wait until here. */
  readonly promisedUntil: Date | null;
}

export interface PlannedStep {
  readonly step: DunningStep;
  /** What the step is done for: the debt, or the round of cuts. It is done once for it. */
  readonly key: string;
  readonly at: Date;
  /** Set where the step comes later than its day because of this. */
  readonly heldFor: HeldFor | null;
}

export interface Place {
  readonly timeZone: string;
  readonly holidays: ReadonlySet<string>;
}

const atLeast = (standing: Standing, step: DunningStep): boolean =>
  Money.of(standing.amount, standing.currency).compare(Money.of(step.minAmount, standing.currency)) >= 0;

const keyOf = (step: DunningStep, index: number, since: string, round: number): string =>
  isCut(step) ? `${index + 1}:${step.action}:round-${round}` : `${index + 1}:${step.action}:${since}`;

/**
 * The next step of a case and when it may be taken. Steps come in their order; what is in force is not done again, and
 * of several reminders that are due the last one says it all. Pure.
 */
export function nextStep(
  terms: DunningTerms,
  standing: Standing,
  state: CaseState,
  place: Place,
  now: Date,
): PlannedStep | undefined {
  const [next] = openSteps(terms, standing, state, localDate(now, place.timeZone));
  if (!next) return undefined;
  const { step, key } = next;
  const dueOn = addDays(standing.since, step.days);
  const gapOn = isCut(step) && state.lastStepOn !== null ? addDays(state.lastStepOn, terms.gapDays) : dueOn;
  const due = startOfDay(dueOn, place.timeZone);
  const afterGap = startOfDay(gapOn, place.timeZone);
  const earliest = latest([due, afterGap, now, ...(state.promisedUntil ? [state.promisedUntil] : [])]);
  const { at, because } = nextAllowed(earliest, place.timeZone, { ...terms, holidays: place.holidays }, isCut(step));
  const regular = latest([due, now]);
  const shifted = because === 'hours' && due > now ? null : because;
  const heldFor = reasonOf(state.promisedUntil, afterGap, regular) ?? (at > now ? shifted : null);
  return { step, key, at, heldFor };
}

function openSteps(terms: DunningTerms, standing: Standing, { done, level, round }: CaseState, today: string) {
  const reached = ({ days }: DunningStep): boolean => addDays(standing.since, days) <= today;
  const isSaidLater = (index: number): boolean =>
    terms.steps.slice(index + 1).some((later) => later.action === 'reminder' && reached(later));
  return terms.steps
    .map((step, index) => ({ step, index, key: keyOf(step, index, standing.since, round) }))
    .filter(({ step, key }) => !done.has(key) && atLeast(standing, step))
    .filter(({ step }) => !isCut(step) || SEVERITY[step.action] > severityOf(level))
    .filter(({ step, index }) => step.action !== 'reminder' || !isSaidLater(index));
}

/** Steps whose day has come, but not for so little. */
export function tooLittleFor(terms: DunningTerms, standing: Standing, state: CaseState, today: string): string[] {
  return terms.steps.flatMap((step, index) => {
    const key = keyOf(step, index, standing.since, state.round);
    const reached = addDays(standing.since, step.days) <= today;
    return reached && !state.done.has(key) && !atLeast(standing, step) ? [key] : [];
  });
}

function reasonOf(promisedUntil: Date | null, afterGap: Date, regular: Date): HeldFor | null {
  if (promisedUntil !== null && promisedUntil > regular) return 'promise';
  return afterGap > regular ? 'gap' : null;
}

const latest = (instants: readonly Date[]): Date => new Date(Math.max(...instants.map((at) => at.getTime())));

/**
 * What may stay in force against an account that owes so much: no more than what the policy would do today. Whoever has
 * paid the oldest invoice is not held back for a newer one before its time.
 */
export function warrantedLevel(
  terms: DunningTerms,
  standing: Standing,
  level: DunningLevel,
  today: string,
): DunningLevel {
  const days = daysBetween(standing.since, today);
  const reached = terms.steps.filter((step) => step.days <= days && atLeast(standing, step));
  const most = Math.max(0, ...reached.map(({ action }) => SEVERITY[action]));
  return LEVELS[Math.min(most, severityOf(level))] ?? 'none';
}
