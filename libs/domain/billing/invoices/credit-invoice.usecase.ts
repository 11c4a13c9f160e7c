import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { totalOf } from '../engine/arithmetic.js';
import type { InvoicedSum } from '../engine/engine.types.js';
import { taxKeyOf } from '../engine/invoiced-charges.js';
import { groupOf } from '../engine/keys.js';
import { type CreditedLine, type Standing, creditOf } from './credit.policy.js';
import { BillingFacts } from './billing.facts.js';
import { InvoiceRepository, type NewLine } from './invoice.repository.js';
import type { InvoiceLineView, InvoiceView } from './invoice.view.js';
import { Issuer } from './issuer.js';

const CREDITED = statement(
  'credit-notes-credited',
  `SELECT l.corrects_line_id::text AS "lineId", l.amount::text AS amount, l.taxes
     FROM invoice_lines l JOIN invoices c ON c.id = l.invoice_id AND c.status <> 'void'
    WHERE c.corrects_id = $1 AND c.partner_id = $2 ORDER BY l.id`,
);

// All that was invoiced and credited of the same services, whatever document it is in.
const STANDING = statement(
  'credit-notes-standing',
  `SELECT coalesce(l.key, o.key) AS key, l.amount::text AS amount, l.taxes
     FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoice_lines o ON o.id = l.corrects_line_id
    WHERE l.account_id = $1 AND coalesce(l.service_id, 0) = ANY ($2) AND i.status NOT IN ('draft', 'void') AND coalesce(l.key, o.key) IS NOT NULL`,
);

export interface CreditInvoiceInput {
  readonly actor: Actor;
  readonly invoiceId: number;
  /** Amounts without tax, by the number of the line; all that is left of the invoice when absent. */
  readonly lines?: readonly { readonly position: number; readonly amount: string }[] | undefined;
  readonly reason: string;
}

/**
 * Takes an issued invoice back, in part or in full: never more than it is, however many notes there are. The money pays
 * the invoice itself first, then others; what is left is credit.
 * @throws `billing.invoice.not_found`, `billing.invoice.not_issued`, `billing.credit.too_much`, `billing.credit.unknown_line`,
 *   `billing.credit.unfit_line`, `billing.credit.zero`, `billing.credit.nothing_left`, `billing.amount.unfit`
 */
@Injectable()
export class CreditInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, invoiceId, lines, reason }: CreditInvoiceInput): Promise<InvoiceView> {
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock((await this.invoices.get(invoiceId)).accountId);
      const invoice = await this.invoices.get(invoiceId);
      const { document, status } = invoice;
      if (document !== 'invoice' || status === 'draft' || status === 'void')
        throw billingErrors('billing.invoice.not_issued', {
          status: document === 'invoice' ? status : 'a credit note',
        });
      const credited = await this.uow.tx.query<CreditedLine>(CREDITED, [invoiceId, invoice.partnerId]);
      const written = await this.invoices.lines(invoiceId);
      const services = [...new Set(written.map(({ serviceId }) => serviceId ?? 0))];
      const rows = await this.uow.tx.query<Charged>(STANDING, [account.id, services]);
      const standing = new StandingCharges(rows, invoice.currency);
      const credits: { position: number; credit: NewLine }[] = [];
      for (const { position, amount } of lines ?? rest(written)) {
        const line = written.find((one) => one.position === position);
        if (!line) throw billingErrors('billing.credit.unknown_line', { line: position });
        const credit = creditOf(line, credited, amount, invoice.currency, standing.of(line));
        if (!credit) continue;
        standing.take(line, credit);
        credits.push({ position, credit });
      }
      const all = credits.sort((a, b) => a.position - b.position).map(({ credit }) => credit);
      // What was taken off may weigh as much as what was charged.
      if (!totalOf(all, invoice.currency).total.isNegative())
        throw billingErrors(lines ? 'billing.credit.zero' : 'billing.credit.nothing_left');
      const draft = await this.invoices.insert({
        account,
        document: 'credit_note',
        kind: 'adjustment',
        origin: 'person',
        correctsId: invoiceId,
        notes: reason,
        createdBy: actor.name,
        createdAt: this.clock.now(),
        lines: all,
      });
      this.facts.note(actor, 'invoice.credit', invoice, { credit_note_id: draft.id, reason });
      // Lines may charge more than the invoice, where others took something off.
      return guarded(this.issuer.issue(actor, account, draft), {
        invoices_credited_at_most: () =>
          billingErrors('billing.credit.too_much', { left: leftOf(invoice), of: 'the invoice, taxes included' }),
      });
    });
  }
}

const leftOf = ({ totalAmount, creditedAmount, currency }: InvoiceView): string =>
  Money.of(totalAmount, currency).minus(Money.of(creditedAmount, currency)).toText();

type Charged = InvoicedSum & { readonly key: string };

/** What is left of the charges that lines are for: the engine may have taken back some of them since. */
class StandingCharges {
  private readonly amounts = new Map<string, Money>();

  constructor(
    charged: readonly Charged[],
    private readonly currency: string,
  ) {
    for (const { key, ...sum } of charged) this.add(key, sum);
  }

  /** Undefined for a line that a person wrote. */
  of({ key }: InvoiceLineView): Standing | undefined {
    if (key === null) return undefined;
    const group = groupOf(key);
    return { amount: this.at(group), tax: (tax) => this.at(`${group} ${tax}`) };
  }

  take({ key }: InvoiceLineView, credit: NewLine): void {
    if (key !== null) this.add(key, credit);
  }

  private add(key: string, { amount, taxes }: InvoicedSum): void {
    const group = groupOf(key);
    this.plus(group, amount);
    for (const tax of taxes) this.plus(`${group} ${taxKeyOf(tax)}`, tax.amount);
  }

  private plus(what: string, amount: string): void {
    this.amounts.set(what, this.at(what).plus(Money.of(amount, this.currency)));
  }

  private at(what: string): Money {
    return this.amounts.get(what) ?? Money.zero(this.currency);
  }
}

/** Every line that charged something or took it off, in full: what was credited of it before is found out line by line. */
function rest(lines: readonly InvoiceLineView[]): { position: number; amount: string | null }[] {
  // What was taken off comes first: what is left of a charge is without it.
  return lines
    .filter(({ amount, taxAmount }) => Number(amount) !== 0 || Number(taxAmount) !== 0)
    .sort((a, b) => Math.sign(Number(a.amount)) - Math.sign(Number(b.amount)))
    .map(({ position }) => ({ position, amount: null }));
}
