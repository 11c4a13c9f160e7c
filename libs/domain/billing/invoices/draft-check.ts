import { Inject, Injectable } from '@nestjs/common';
import { type Clock, addDays, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { AccountFacts } from '../accounts/account-facts.js';
import type { AccountView } from '../accounts/account.view.js';
import { dueDayOf, nextDue, periodsDue } from '../engine/billing-periods.js';
import { type Computed, compute } from '../engine/compute.js';
import { targetFor } from './generate-invoice.usecase.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';

/** The draft as it would be computed now. */
export interface CheckedDraft {
  readonly computed: Computed;
  /** It says what the draft says. */
  readonly same: boolean;
}

interface Said {
  readonly key: string | null;
  readonly amount: string;
  readonly taxes: readonly { readonly amount: string }[];
}

const saying = (lines: readonly Said[]): string =>
  JSON.stringify(lines.map(({ key, amount, taxes }) => [key, Number(amount), taxes.map((tax) => Number(tax.amount))]));

/** Computes drafts of the engine again: what is issued is what is due then. */
@Injectable()
export class DraftCheck {
  constructor(
    private readonly facts: AccountFacts,
    private readonly invoices: InvoiceRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of a locked account. */
  async of(account: AccountView, draft: InvoiceView): Promise<CheckedDraft> {
    const { targetOn, onlyPeriod } = this.target(account, draft);
    const computed = compute(await this.facts.of(account, targetOn, { onlyPeriod, exceptInvoiceId: draft.id }));
    const said = await this.invoices.lines(draft.id);
    return { computed, same: saying(said) === saying(computed.lines) };
  }

  /** Today, unless another period has become due since: that one has a document of its own. */
  private target(account: AccountView, { periodFrom }: InvoiceView): { targetOn: string; onlyPeriod?: string } {
    const today = localDate(this.clock.now(), account.timeZone);
    if (periodFrom === null) return { targetOn: today };
    const lastOn = addDays(periodFrom > today ? periodFrom : today, 1);
    const period = periodsDue(account, lastOn).find(({ billedFrom }) => billedFrom === periodFrom);
    if (!period) return { targetOn: today };
    const target = targetFor(period, today);
    if (target.onlyPeriod !== undefined) return target;
    const before = addDays(dueDayOf(nextDue(account, dueDayOf(period))), -1);
    return { targetOn: today < before ? today : before };
  }
}
