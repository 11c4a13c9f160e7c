export type StepAction = 'reminder' | 'late_fee' | 'throttle' | 'suspend' | 'terminate';
/** What is in force against an account. */
export type DunningLevel = 'none' | 'throttled' | 'suspended';

/** Something that is done so many days after the oldest unpaid due date. Amounts are decimal text. */
export interface DunningStep {
  readonly days: number;
  readonly action: StepAction;
  /** Nothing is done about less than this. */
  readonly minAmount: string;
  /** Of a late fee. */
  readonly amount: string | null;
  /** Of a throttling, kbit/s. */
  readonly downloadKbps: number | null;
  readonly uploadKbps: number | null;
}

/** What a version of a policy says. */
export interface DunningTerms {
  /** Before these days are over nothing but a reminder happens. */
  readonly graceDays: number;
  /** A cut comes at the earliest so many days after the step before it. */
  readonly gapDays: number;
  /** ISO days of the week on which customers are cut off. */
  readonly workingDays: readonly number[];
  /** Minutes of the day, in the account's zone, within which anything is done. */
  readonly fromMinute: number;
  readonly untilMinute: number;
  /** Whose holidays are no working days. */
  readonly calendar: string | null;
  /** Charged when a suspended account has paid; 0: nothing. */
  readonly reconnectionAmount: string;
  readonly steps: readonly DunningStep[];
}

/** Whom a policy is for; without any of them: for everybody. */
export interface DunningSegment {
  readonly currency: string;
  readonly partnerId: number | null;
  readonly planId: number | null;
  readonly tag: string | null;
}

export type DunningPolicyView = DunningTerms &
  DunningSegment & {
    readonly id: number;
    readonly version: number;
    readonly name: string;
    readonly createdAt: Date;
    readonly updatedAt: Date;
    readonly retiredAt: Date | null;
  };

/** Of a cut, how far it goes. */
export const SEVERITY: Readonly<Record<StepAction, number>> = {
  reminder: 0,
  late_fee: 0,
  throttle: 1,
  suspend: 2,
  terminate: 3,
};
export const LEVELS: readonly DunningLevel[] = ['none', 'throttled', 'suspended'];
export const severityOf = (level: DunningLevel): number => LEVELS.indexOf(level);
export const isCut = ({ action }: { readonly action: StepAction }): boolean => SEVERITY[action] > 0;
