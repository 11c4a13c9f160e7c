import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import type { Exemption } from '../engine/engine.types.js';
import { InvoiceQueries } from '../invoices/invoice.queries.js';
import { BillingIssuer } from '../settings/billing-issuer.js';
import type { DocumentFacts, PrintedCustomer } from './document-facts.js';
import { invoiceUbl } from './invoice-ubl.js';
import { PdfDrawer } from './pdf-drawer.js';
import { documentLanguage } from './words.js';

export type DocumentFormat = 'pdf' | 'xml';

/** A document as it was handed out the first time. */
export interface StoredDocument {
  readonly invoiceId: number;
  /** Of the invoice. */
  readonly number: string;
  readonly format: DocumentFormat;
  readonly language: string;
  readonly content: Buffer;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

/** What a check of a stored document found. */
export interface DocumentCheck {
  readonly format: DocumentFormat;
  readonly language: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly renderedAt: Date;
  /** The bytes are those that were rendered. */
  readonly intact: boolean;
  /** The invoice is, byte for byte, what it was then. */
  readonly invoiceUnchanged: boolean;
}

const STORED = statement(
  'invoice-documents-get',
  `SELECT d.invoice_id AS "invoiceId", i.number, d.format, d.language, d.content, encode(d.sha256, 'hex') AS sha256
     FROM invoice_documents d JOIN invoices i ON i.id = d.invoice_id WHERE d.invoice_id = $1 AND d.format = $2`,
);
const STORE = statement(
  'invoice-documents-store',
  `INSERT INTO invoice_documents (partner_id, customer_id, invoice_id, format, language, content, bytes, sha256, content_hash, rendered_at)
   SELECT i.partner_id, i.customer_id, i.id, $2, $3, $4::bytea, octet_length($4::bytea), sha256($4::bytea), i.content_hash, $5
     FROM invoices i WHERE i.id = $1 ON CONFLICT (invoice_id, format) DO NOTHING`,
);
const CHECK = statement(
  'invoice-documents-check',
  `SELECT d.format, d.language, d.bytes, encode(d.sha256, 'hex') AS sha256, d.rendered_at AS "renderedAt",
          sha256(d.content) = d.sha256 AND octet_length(d.content) = d.bytes AS intact,
          i.content_hash = d.content_hash AND document_hash(i) = d.content_hash AS "invoiceUnchanged"
     FROM invoice_documents d JOIN invoices i ON i.id = d.invoice_id WHERE d.invoice_id = $1 ORDER BY d.format`,
);
const AROUND = statement(
  'invoice-documents-around',
  `SELECT c.display_id AS "displayId", c.name, c.email, coalesce(c.billing_address, c.address) AS address, a.name AS "accountName",
          a.tax_exemptions AS exemptions, a.language,
          (SELECT coalesce(sum(l.amount), 0)::text FROM allocations l
            WHERE l.partner_id = i.partner_id AND l.invoice_id = i.id AND l.at <= i.issued_at) AS "setOffAmount",
          (SELECT coalesce(json_agg(json_build_object('number', o.number, 'issuedOn', o.issued_on) ORDER BY o.issued_on, o.id), '[]')
             FROM invoices o WHERE o.number IS NOT NULL AND (o.id = i.corrects_id OR o.id IN (
               SELECT x.invoice_id FROM invoice_lines l JOIN invoice_lines x ON x.id = l.corrects_line_id WHERE l.invoice_id = i.id))) AS corrects
     FROM invoices i JOIN customers c ON c.id = i.customer_id JOIN billing_accounts a ON a.id = i.account_id WHERE i.id = $1`,
);

interface Around extends PrintedCustomer {
  readonly accountName: string;
  readonly exemptions: readonly Exemption[];
  readonly language: string;
  readonly setOffAmount: string;
  readonly corrects: DocumentFacts['corrects'];
}

/** Documents of issued invoices and credit notes: rendered once, kept, and the same for whoever asks later. */
@Injectable()
export class InvoiceDocuments {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly invoices: InvoiceQueries,
    private readonly issuer: BillingIssuer,
    private readonly drawer: PdfDrawer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `billing.invoice.not_found`, `billing.invoice.not_issued` of a draft or what is void by now, `billing.issuer.missing` */
  async get(actor: Actor, invoiceId: number, format: DocumentFormat): Promise<StoredDocument> {
    const found = await this.uow.run(actor, async (tx) => {
      const stored = await tx.one<StoredDocument>(STORED, [invoiceId, format]);
      return stored ? { stored } : { facts: await this.facts(actor, invoiceId) };
    });
    if (found.stored) return found.stored;
    // No transaction is open for the time that a page takes to draw.
    const content = await this.render(format, found.facts);
    return this.uow.run(actor, async (tx) => {
      // Of two that render at once the first one's bytes stay, and both answer them.
      await tx.execute(STORE, [invoiceId, format, found.facts.language, content, this.clock.now()]);
      return (await tx.one<StoredDocument>(STORED, [invoiceId, format])) as StoredDocument;
    });
  }

  private async render(format: DocumentFormat, facts: DocumentFacts): Promise<Buffer> {
    return format === 'xml' ? Buffer.from(invoiceUbl(facts), 'utf8') : this.drawer.draw({ document: 'invoice', facts });
  }

  /** Computes the digests of what is kept of an invoice again. @throws `billing.invoice.not_found` */
  check(actor: Actor, invoiceId: number): Promise<DocumentCheck[]> {
    return this.uow.run(actor, async (tx) => {
      await this.invoices.get(actor, invoiceId);
      return tx.query<DocumentCheck>(CHECK, [invoiceId]);
    });
  }

  private async facts(actor: Actor, invoiceId: number): Promise<DocumentFacts> {
    const invoice = await this.invoices.get(actor, invoiceId);
    if (invoice.number === null || invoice.status === 'void')
      throw billingErrors('billing.invoice.not_issued', { status: invoice.status });
    const issuer = await this.issuer.find(actor);
    if (!issuer) throw billingErrors('billing.issuer.missing');
    const around = (await this.uow.tx.one<Around>(AROUND, [invoiceId])) as Around;
    const { accountName, exemptions, language, setOffAmount, corrects, ...customer } = around;
    const on = invoice.issuedOn ?? '';
    return {
      invoice,
      issuer,
      customer,
      accountName,
      exemptions: exemptions.filter(({ from, until }) => from <= on && (until === null || on < until)),
      corrects,
      setOffAmount,
      language: documentLanguage(language),
    };
  }
}
