import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { AccountView } from '../accounts/account.view.js';
import type { BillingPeriod } from '../engine/billing-periods.js';
import type { Computed } from '../engine/compute.js';
import { dueOf } from '../invoices/amount-due.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { Issuer } from '../invoices/issuer.js';

/** Issues what a balance covers, and pays it from the balance in the same transaction. The account is locked. */
@Injectable()
export class PrepaidDocuments {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param period the one that is bought by it; undefined where only what was bought before is corrected
   * @throws Error where anything would be left to pay: nobody who pays ahead owes
   */
  async issue(actor: Actor, account: AccountView, { lines, total }: Computed, period?: BillingPeriod): Promise<void> {
    if (lines.length === 0) return;
    const negative = total.isNegative();
    const asked = period && !negative ? [{ accountId: account.id, from: period.billedFrom }] : [];
    const again = asked.length === 0 || (await this.invoices.havePeriods(asked)).size > 0;
    const draft = await this.invoices.insert({
      account,
      document: negative ? 'credit_note' : 'invoice',
      kind: again ? 'adjustment' : 'recurring',
      origin: 'engine',
      period: period && { from: period.billedFrom, until: period.billedUntil },
      dueOn: negative ? undefined : localDate(this.clock.now(), account.timeZone),
      createdBy: actor.name,
      createdAt: this.clock.now(),
      lines,
    });
    const { id } = await this.issuer.issue(actor, account, draft);
    const left = dueOf(await this.invoices.get(id));
    if (left.isPositive())
      throw new Error(`invoice ${id} of prepaid account ${account.id} would leave ${left.toText()} owed`);
  }
}
