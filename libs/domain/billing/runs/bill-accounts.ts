import { Inject, Injectable } from '@nestjs/common';
import { type Clock, Money, daysBetween, localDate } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { AccountFacts } from '../accounts/account-facts.js';
import type { BilledAccount } from '../accounts/account.view.js';
import { totalOf } from '../engine/arithmetic.js';
import { type BillingPeriod, dueDayOf, nextDue, periodsDue } from '../engine/billing-periods.js';
import { type Computed, compute } from '../engine/compute.js';
import type { EngineFacts, EngineLine } from '../engine/engine.types.js';
import { groupOf, planOf } from '../engine/keys.js';
import { InvoiceRepository, type NewDocument } from '../invoices/invoice.repository.js';
import { Issuer } from '../invoices/issuer.js';
import { type NewFinding, RunRepository, nameOfRun } from './run.repository.js';
import { type PlanTotal, type RunCounts, addTotals } from './run.view.js';

const HOUR_MS = 3_600_000;
/** An account that comes to more than this many times what it was, or to less than its inverse, is looked at. */
const OUTLIER_FACTOR = 1.5;

export interface Billed {
  readonly counts: RunCounts;
  readonly totals: readonly PlanTotal[];
  /** Whether every account has been brought up to its day. */
  readonly allUpToDate: boolean;
}

/** What one account comes to on its day. */
interface Result {
  readonly account: BilledAccount;
  readonly targetOn: string;
  readonly nextOn: string;
  readonly period: BillingPeriod | undefined;
  /** Of which each has a document of its own; only a dry run looks at more than one at a time. */
  readonly periods: number;
  /** How many whole periods they come to, to four decimals. */
  readonly wholePeriods: string;
  readonly computed: Computed;
  readonly outcome: 'document' | 'nothing_due' | 'carried_forward' | 'parked';
}

/** Bills locked accounts, each up to its day: all facts in one flight, then all documents in as few statements. */
@Injectable()
export class BillAccounts {
  constructor(
    private readonly runs: RunRepository,
    private readonly facts: AccountFacts,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(
    run: { readonly id: number; readonly dryRun: boolean; readonly untilOn: string | null },
    accounts: readonly BilledAccount[],
  ): Promise<Billed> {
    const now = this.clock.now();
    const wanted = accounts.map((account) => {
      const lastDay = dayOf(run, account, now);
      const due = run.dryRun
        ? (periodsDue(account, lastDay).map(dueDayOf).at(-1) ?? account.nextRunOn)
        : account.nextRunOn;
      return { account, lastDay, targetOn: due };
    });
    const facts = await this.facts.ofAll(wanted);
    const results = wanted.map(({ account, targetOn }, index) =>
      resultOf(account, targetOn, facts[index] as EngineFacts),
    );
    const drafts = run.dryRun ? await this.report(run.id, results) : await this.write(run.id, results, now);
    const upToDate = results.map(
      ({ outcome, nextOn }, index) => outcome === 'parked' || nextOn > (wanted[index]?.lastDay ?? ''),
    );
    const finished = results.filter((_, index) => run.dryRun || upToDate[index]);
    return {
      counts: countsOf(results, finished.length, drafts),
      totals: planTotals(results.filter(({ outcome }) => outcome === 'document')),
      allUpToDate: finished.length === results.length,
    };
  }

  /** Answers how many documents were left as drafts. */
  private async write(runId: number, results: readonly Result[], now: Date): Promise<number> {
    const charged = results.filter(({ outcome }) => outcome === 'document');
    const documents = await this.documents(runId, charged, now);
    const ready = documents.filter(({ reviewUntil }) => reviewUntil === undefined);
    const drafts = documents.filter(({ reviewUntil }) => reviewUntil !== undefined);
    if (drafts.length > 0) await this.invoices.insertAll(drafts);
    const parked = results.filter(({ outcome }) => outcome === 'parked');
    await this.runs.park(parked.map(parkingOf), now);
    await this.runs.find(runId, parked.map(parkedFinding));
    await this.runs.advance(
      results.filter(({ outcome }) => outcome !== 'parked').map(({ account, nextOn }) => ({ id: account.id, nextOn })),
    );
    if (ready.length > 0) await this.issuer.issueNew(ready);
    return drafts.length;
  }

  private async documents(runId: number, charged: readonly Result[], now: Date): Promise<NewDocument[]> {
    const periods = charged.flatMap(({ account, period }) => {
      return period ? [{ accountId: account.id, from: period.billedFrom }] : [];
    });
    const again = await this.invoices.havePeriods(periods);
    return charged.map(({ account, period, computed: { lines, total } }) => {
      const hours = account.reviewHours ?? this.config.ISP_BILLING_REVIEW_HOURS;
      const negative = total.isNegative();
      return {
        account,
        document: negative ? 'credit_note' : 'invoice',
        kind: again.has(account.id) || negative || !period ? 'adjustment' : 'recurring',
        origin: 'engine',
        period: period && { from: period.billedFrom, until: period.billedUntil },
        createdBy: nameOfRun(runId),
        createdAt: now,
        reviewUntil: hours > 0 ? new Date(now.getTime() + hours * HOUR_MS) : undefined,
        lines,
      };
    });
  }

  /** A dry run writes nothing but what a person is to know. */
  private async report(runId: number, results: readonly Result[]): Promise<number> {
    const before = await this.runs.lastTotals(results.map(({ account }) => account.id));
    const outliers = results
      .filter(({ outcome }) => outcome !== 'parked')
      .flatMap((result) => outlierOf(result, before.get(result.account.id)));
    await this.runs.find(runId, [
      ...results.filter(({ outcome }) => outcome === 'parked').map(parkedFinding),
      ...outliers,
    ]);
    return 0;
  }
}

/** The last day that a run brings an account to. */
function dayOf(
  run: { readonly dryRun: boolean; readonly untilOn: string | null },
  account: BilledAccount,
  now: Date,
): string {
  const today = localDate(now, account.timeZone);
  if (run.untilOn === null) return today;
  return run.dryRun || run.untilOn < today ? run.untilOn : today;
}

function resultOf(account: BilledAccount, targetOn: string, facts: EngineFacts): Result {
  const computed = compute(facts);
  const due = periodsDue(account, targetOn);
  const now = due.filter((period) => dueDayOf(period) >= account.nextRunOn);
  const periods = Math.max(1, now.length);
  const wholePeriods = now.length === 0 ? '1' : now.reduce((sum, period) => sum + shareOf(period), 0).toFixed(4);
  const nextOn = dueDayOf(nextDue(account, account.nextRunOn));
  const outcome = outcomeOf(account, computed);
  return { account, targetOn, nextOn, period: due.at(-1), periods, wholePeriods, computed, outcome };
}

/** How much of a period an account is there for: its first may be a part. */
const shareOf = ({ from, until, billedFrom, billedUntil }: BillingPeriod): number =>
  daysBetween(billedFrom, billedUntil) / daysBetween(from, until);

function outcomeOf(
  { minimumAmount, currency }: BilledAccount,
  { lines, total, nonsense }: Computed,
): Result['outcome'] {
  if (nonsense !== null) return 'parked';
  if (lines.length === 0) return 'nothing_due';
  const small = total.isPositive() && total.compare(Money.of(minimumAmount, currency)) < 0;
  return small ? 'carried_forward' : 'document';
}

function outlierOf({ account, wholePeriods, computed: { total } }: Result, before: string | undefined): NewFinding[] {
  if (before === undefined) return [];
  const was = Money.of(before, account.currency).times(wholePeriods);
  const more = total.compare(was.times(OUTLIER_FACTOR)) > 0;
  const less = total.times(OUTLIER_FACTOR).compare(was) < 0;
  if (!more && !less) return [];
  const detail = more ? 'much more than before' : 'much less than before';
  return [{ accountId: account.id, kind: 'outlier', amount: total.toText(), beforeAmount: before, detail }];
}

const parkingOf = ({ account, computed }: Result) => {
  return { id: account.id, reason: computed.nonsense ?? '', amount: computed.total.toText() };
};
const parkedFinding = ({ account, computed }: Result): NewFinding => {
  return { accountId: account.id, kind: 'parked', amount: computed.total.toText(), detail: computed.nonsense ?? '' };
};

function countsOf(results: readonly Result[], accountsDone: number, drafts: number): RunCounts {
  const having = (outcome: Result['outcome']): Result[] => results.filter((result) => result.outcome === outcome);
  const documents = having('document');
  const creditNotes = documents.filter(({ computed }) => computed.total.isNegative());
  const invoices = documents.filter(({ computed }) => !computed.total.isNegative());
  return {
    accountsDone,
    invoices: invoices.reduce((sum, { periods }) => sum + periods, 0),
    creditNotes: creditNotes.length,
    drafts,
    nothingDue: having('nothing_due').length,
    carriedForward: having('carried_forward').length,
    parked: having('parked').length,
    failed: 0,
  };
}

/** The plan of a line: of its own key, or, where that counts against others, one of theirs. */
function plansOf(lines: readonly EngineLine[]): (line: EngineLine) => number | null {
  const own = ({ key }: EngineLine): number | undefined => planOf(key ?? '');
  const group = ({ key }: EngineLine): string => groupOf(key ?? '');
  const ofGroups = new Map(lines.flatMap((line) => (own(line) === undefined ? [] : [[group(line), own(line)]])));
  return (line) => own(line) ?? ofGroups.get(group(line)) ?? null;
}

function planTotals(results: readonly Result[]): PlanTotal[] {
  const plans = new Map<string, { planId: number | null; currency: string; lines: EngineLine[] }>();
  for (const { account, computed } of results) {
    const { currency } = account;
    const planOfLine = plansOf(computed.lines);
    for (const line of computed.lines) {
      const planId = planOfLine(line);
      const known = plans.get(`${currency} ${planId}`);
      if (known) known.lines.push(line);
      else plans.set(`${currency} ${planId}`, { planId, currency, lines: [line] });
    }
  }
  const totals = [...plans.values()].map(({ planId, currency, lines }) => {
    const { net, tax } = totalOf(lines, currency);
    return { planId, currency, net: net.toText(), tax: tax.toText() };
  });
  return addTotals([], totals);
}
