import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from './billing.facts.js';
import { DraftCheck } from './draft-check.js';
import { InvoiceRepository } from './invoice.repository.js';
import { type InvoiceStatus, type InvoiceView, invoiceStates } from './invoice.view.js';
import { Issuer } from './issuer.js';

const illegal = (from: string, to: string): Error => billingErrors('billing.invoice.illegal_move', { from, to });

/** The invoice with its account locked: a document's account never changes. */
async function locked(invoices: InvoiceRepository, accounts: AccountRepository, id: number) {
  const account: AccountView = await accounts.lock((await invoices.get(id)).accountId);
  return { account, invoice: await invoices.get(id) };
}

/**
 * Issues a draft. One of the engine is computed again first: what is not due any more is issued by nobody.
 * @throws `billing.invoice.not_found`, `billing.invoice.illegal_move`, `billing.account.parked`, `billing.invoice.stale`
 */
@Injectable()
export class IssueInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly invoices: InvoiceRepository,
    private readonly check: DraftCheck,
    private readonly issuer: Issuer,
  ) {}

  execute({ actor, invoiceId }: { readonly actor: Actor; readonly invoiceId: number }): Promise<InvoiceView> {
    return this.uow.run(actor, async () => {
      const { account, invoice } = await locked(this.invoices, this.accounts, invoiceId);
      if (invoice.status !== 'draft') throw illegal(invoice.status, 'pending');
      if (invoice.origin === 'engine') await this.refuseStale(account, invoice);
      return this.issuer.issue(actor, account, invoice);
    });
  }

  private async refuseStale(account: AccountView, draft: InvoiceView): Promise<void> {
    if (account.parkedFor !== null) throw billingErrors('billing.account.parked', { reason: account.parkedFor });
    const { computed, same } = await this.check.of(account, draft);
    if (!same) throw billingErrors('billing.invoice.stale', { total: computed.total.toText() });
  }
}

export interface VoidInvoiceInput {
  readonly actor: Actor;
  readonly invoiceId: number;
  readonly reason?: string | undefined;
}

/**
 * Throws a draft away, or voids an issued document, which keeps its number. What the engine had put on it is due again.
 * @throws `billing.invoice.not_found`, `billing.invoice.illegal_move`, `billing.invoice.settled`
 */
@Injectable()
export class VoidInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly invoices: InvoiceRepository,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, invoiceId, reason }: VoidInvoiceInput): Promise<InvoiceView> {
    return this.uow.run(actor, async () => {
      const { invoice } = await locked(this.invoices, this.accounts, invoiceId);
      const { status, settledAmount, creditedAmount } = invoice;
      if (Number(settledAmount) !== 0 || Number(creditedAmount) !== 0)
        throw billingErrors(invoice.document === 'invoice' ? 'billing.invoice.settled' : 'billing.credit_note.settled');
      invoiceStates.assert(status, 'void' satisfies InvoiceStatus, illegal);
      const voided = await this.invoices.void(invoiceId, this.clock.now(), reason ?? null);
      await this.invoices.uncover(invoiceId);
      this.facts.note(actor, 'invoice.void', voided, { status: [status, 'void'], ...(reason ? { reason } : {}) });
      if (status !== 'draft') this.facts.happened('voided', voided);
      return voided;
    });
  }
}
