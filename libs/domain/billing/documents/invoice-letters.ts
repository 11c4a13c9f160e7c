import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { dueOf } from '../invoices/amount-due.js';
import type { DocumentKind } from '../invoices/invoice.view.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { BillingIssuer } from '../settings/billing-issuer.js';
import type { IssuerDetails } from '../settings/issuer-details.js';
import { documentLanguage } from './words.js';

// Whose default method will do on the day on which it is charged.
const CHARGEABLE = `EXISTS (SELECT FROM payment_methods m WHERE m.customer_id = a.customer_id AND m.is_default AND m.refused_code IS NULL
   AND (m.expires_on IS NULL OR m.expires_on >= i.due_on))`;
// Of a document that was rendered its own language counts, whatever the account's is now.
const AROUND = statement(
  'invoice-letters-around',
  `SELECT c.name AS "customerName", c.email, a.autopay AND a.kind = 'postpaid' AND ${CHARGEABLE} AS autopay,
          coalesce((SELECT d.language FROM invoice_documents d WHERE d.invoice_id = i.id AND d.format = 'pdf'), a.language) AS language
     FROM invoices i JOIN customers c ON c.id = i.customer_id JOIN billing_accounts a ON a.id = i.account_id WHERE i.id = $1`,
);

/** To whom a document goes, and in which language. */
export interface InvoiceAddressee {
  readonly customerName: string;
  readonly email: string;
  /** One that documents are written in. */
  readonly language: string;
  /** What is due is charged by itself. */
  readonly autopay: boolean;
}

/** What a letter says that goes with an issued invoice or credit note. Amounts are decimal text. */
export interface InvoiceLetterFacts extends InvoiceAddressee {
  readonly invoiceId: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly document: DocumentKind;
  readonly number: string;
  readonly currency: string;
  readonly totalAmount: string;
  /** Still to be paid; zero of a credit note. */
  readonly dueAmount: string;
  readonly issuedOn: string;
  /** Null of a credit note. */
  readonly dueOn: string | null;
  readonly issuer: IssuerDetails;
}

/** What others need to send a document to whom it is for. */
@Injectable()
export class InvoiceLetters {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: BillingIssuer,
  ) {}

  /** @throws `billing.invoice.not_found` */
  addressee(actor: Actor, invoiceId: number): Promise<InvoiceAddressee> {
    return this.uow.run(actor, async (tx) => {
      const row = await tx.one<InvoiceAddressee>(AROUND, [invoiceId]);
      if (!row) throw billingErrors('billing.invoice.not_found');
      return { ...row, language: documentLanguage(row.language) };
    });
  }

  /** @throws `billing.invoice.not_found`, `billing.invoice.not_issued` of a draft or what is void, `billing.issuer.missing` */
  facts(actor: Actor, invoiceId: number): Promise<InvoiceLetterFacts> {
    return this.uow.run(actor, async () => {
      const invoice = await this.invoices.get(invoiceId);
      const { id, partnerId, customerId, document, number, status, currency, totalAmount, issuedOn, dueOn } = invoice;
      if (number === null || issuedOn === null || status === 'void')
        throw billingErrors('billing.invoice.not_issued', { status });
      const issuer = await this.issuer.find(actor);
      if (!issuer) throw billingErrors('billing.issuer.missing');
      const addressee = await this.addressee(actor, invoiceId);
      const amounts = { currency, totalAmount, dueAmount: dueOf(invoice).toText() };
      const what = { invoiceId: id, partnerId, customerId, document, number, issuedOn, dueOn };
      return { ...addressee, ...what, ...amounts, issuer };
    });
  }
}
