import { Money } from '@isp/kernel';

export type RunStatus = 'running' | 'finished' | 'cancelled';
export type FindingKind = 'outlier' | 'parked' | 'failed';

/** What the accounts of a run came to. One that was behind by several periods has an outcome for each of them. */
export interface RunCounts {
  readonly accountsDone: number;
  readonly invoices: number;
  readonly creditNotes: number;
  /** Of these documents, those that wait for a review. */
  readonly drafts: number;
  readonly nothingDue: number;
  /** Less than the account's minimum: left for the next invoice. */
  readonly carriedForward: number;
  readonly parked: number;
  readonly failed: number;
}

/** What the lines of a plan come to in a run; `planId` null for lines of no plan. */
export interface PlanTotal {
  readonly planId: number | null;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
}

export interface RunView extends RunCounts {
  readonly id: number;
  readonly origin: 'schedule' | 'person';
  /** Computes and reports, and invoices nothing. */
  readonly dryRun: boolean;
  /** Accounts whose day comes by this day; null: by today, where they are. */
  readonly untilOn: string | null;
  readonly status: RunStatus;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly accounts: number;
  readonly totals: readonly PlanTotal[];
}

export interface RunFinding {
  readonly id: number;
  readonly accountId: number;
  readonly customerId: number;
  readonly kind: FindingKind;
  readonly currency: string;
  readonly amount: string;
  /** What the account was invoiced for the period before; of an outlier only. */
  readonly beforeAmount: string | null;
  readonly detail: string;
}

/** Sums of plans, plan by plan. */
export function addTotals(left: readonly PlanTotal[], right: readonly PlanTotal[]): PlanTotal[] {
  const sums = new Map<string, PlanTotal>();
  for (const { planId, currency, net, tax } of [...left, ...right]) {
    const key = `${currency} ${planId ?? ''}`;
    const was = sums.get(key);
    const plus = (a: string, b: string): string => Money.of(a, currency).plus(Money.of(b, currency)).toText();
    sums.set(key, { planId, currency, net: plus(was?.net ?? '0', net), tax: plus(was?.tax ?? '0', tax) });
  }
  return [...sums.values()].sort((a, b) => (a.planId ?? 0) - (b.planId ?? 0));
}
