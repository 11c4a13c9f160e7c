import { chanceOf } from './chance.js';

/**
 * What a simulated NAS does wrong.
 * - `silence`: hears orders and neither obeys nor answers
 * - `lost_answer`: obeys, and the answer gets lost on its way
 * - `nak`: refuses with Error-Cause 501
 * - `wrong_secret`: holds another secret than it was given
 * - `flapping`: is reachable and unreachable in turns of `flapSeconds`
 * - `slow`: takes `slowMs` before it obeys
 * - `reorder`: answers, and accounting, overtake each other
 * - `duplicate`: answers, and accounting, arrive twice
 */
export const NAS_FAULTS = [
  'silence',
  'lost_answer',
  'nak',
  'wrong_secret',
  'flapping',
  'slow',
  'reorder',
  'duplicate',
] as const;
export type NasFault = (typeof NAS_FAULTS)[number];

export interface NasFaultPlan {
  readonly fault: NasFault;
  /** How much of what could go wrong does: above 0 to 1, all of it when not given. */
  readonly share?: number;
}

/** Decides, the same way in every run of one seed, what goes wrong when. */
export class NasFaults {
  private plans: readonly NasFaultPlan[] = [];
  private decisions = 0;

  constructor(private readonly seed: number) {}

  set(plans: readonly NasFaultPlan[]): void {
    this.plans = plans;
  }

  /** Whether that fault strikes now. Every question is a new decision. */
  strikes(fault: NasFault): boolean {
    const plan = this.plans.find((candidate) => candidate.fault === fault);
    if (!plan) return false;
    this.decisions += 1;
    return chanceOf(this.seed, fault, this.decisions) < (plan.share ?? 1);
  }
}
