import type { Exemption } from '../engine/engine.types.js';
import type { InvoiceWithLines } from '../invoices/invoice.view.js';
import type { IssuerDetails } from '../settings/issuer-details.js';

/** Where somebody lives, as far as it is known. */
export interface PrintedAddress {
  readonly street: string;
  readonly city: string;
  readonly state?: string | undefined;
  readonly zip: string;
  readonly country?: string | undefined;
}

export interface PrintedCustomer {
  /** As it is written to: `CUST-10001`. */
  readonly displayId: string;
  readonly name: string;
  readonly email: string;
  readonly address: PrintedAddress | null;
}

/** Everything that a document is made of. The same facts make the same document. */
export interface DocumentFacts {
  /** Issued: with number and day. */
  readonly invoice: InvoiceWithLines;
  readonly issuer: IssuerDetails;
  readonly customer: PrintedCustomer;
  readonly accountName: string;
  readonly exemptions: readonly Exemption[];
  /** The documents that it takes something back of or corrects, oldest first. */
  readonly corrects: readonly { readonly number: string; readonly issuedOn: string }[];
  /** Decimal text: what was paid ahead and set off in the moment of the issue. The rest is to be paid. */
  readonly setOffAmount: string;
  /** BCP 47. */
  readonly language: string;
}
