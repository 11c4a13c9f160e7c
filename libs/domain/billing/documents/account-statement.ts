import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { LedgerQueries, type StatementRange } from '../ledger/ledger.queries.js';
import { BillingIssuer } from '../settings/billing-issuer.js';
import type { PrintedCustomer } from './document-facts.js';
import { PdfDrawer } from './pdf-drawer.js';
import type { StatementFacts } from './statement-pdf.js';
import { documentLanguage } from './words.js';

const HOLDER = statement(
  'account-statement-holder',
  `SELECT c.display_id AS "displayId", c.name, c.email, coalesce(c.billing_address, c.address) AS address,
          a.language
     FROM billing_accounts a JOIN customers c ON c.id = a.customer_id WHERE a.id = $1`,
);
/** More than anybody reads on paper. */
const MOST_LINES = 5_000;

/** Draws the statement of an account. It is not kept: the ledger is. */
@Injectable()
export class AccountStatement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly ledger: LedgerQueries,
    private readonly issuer: BillingIssuer,
    private readonly drawer: PdfDrawer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `billing.account.not_found`, `billing.issuer.missing`, `billing.statement.too_long`, and what `PdfDrawer` throws */
  async pdf(actor: Actor, accountId: number, range: StatementRange): Promise<Buffer> {
    const now = this.clock.now();
    const facts = await this.uow.run(actor, async (tx) => {
      const found = await this.ledger.statement(actor, accountId, range, { limit: MOST_LINES, offset: 0 });
      if (found.total > MOST_LINES) throw billingErrors('billing.statement.too_long', { most: MOST_LINES });
      const issuer = await this.issuer.find(actor);
      if (!issuer) throw billingErrors('billing.issuer.missing');
      const holder = (await tx.one<PrintedCustomer & { readonly language: string }>(HOLDER, [
        accountId,
      ])) as PrintedCustomer & {
        readonly language: string;
      };
      return { found, issuer, holder };
    });
    const { account, rows, opening, closing } = facts.found;
    const { language, ...customer } = facts.holder;
    const statement: StatementFacts = {
      issuer: facts.issuer,
      customer,
      accountName: account.name,
      currency: account.currency,
      language: documentLanguage(language),
      from: range.from ?? null,
      to: range.to ?? localDate(now, account.timeZone),
      opening,
      closing,
      lines: rows.toReversed().map(({ at, event, invoiceNumber, reference, amount, balance }) => ({
        on: localDate(at, account.timeZone),
        event,
        reference: invoiceNumber ?? reference,
        amount,
        balance,
      })),
      createdAt: now,
    };
    return this.drawer.draw({ document: 'statement', facts: statement });
  }
}
