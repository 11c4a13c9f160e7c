import { Money, addDays, decimal } from '@isp/kernel';
import type { InvoiceLineView } from '../invoices/invoice.view.js';
import type { DocumentFacts, PrintedAddress } from './document-facts.js';
import { creditorReference } from './payment-reference.js';
import { type TaxCategory, categoryOf, categorySums } from './tax-categories.js';
import { type Element, xmlDocument } from './xml.js';

const NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd:';
/** EN 16931 without any national extension. */
const CUSTOMIZATION = 'urn:cen.eu:en16931:2017';
/** Units of one (UN/ECE recommendation 20). */
const ONE = 'C62';
/** UNTDID 4461: SEPA credit transfer; any credit transfer. */
const SEPA = '58';
const TRANSFER = '30';

type Child = Element | undefined;

const said = (name: string, text: string | null | undefined): Child =>
  text === null || text === undefined || text === '' ? undefined : [name, text];
const group = (name: string, children: readonly Child[]): Child =>
  children.some((child) => child !== undefined) ? [name, children] : undefined;

/**
 * An issued invoice or credit note in the syntax of UBL 2.1 and the semantics of EN 16931. Amounts of a credit note are
 * positive there, because the document says that it takes back. Of our own roundings: each line's tax is rounded half-up,
 * so the tax of a rate may be some cents away from its base times the rate, which BR-CO-17 lets pass.
 */
export function invoiceUbl(facts: DocumentFacts): string {
  return new Ubl(facts).document();
}

class Ubl {
  private readonly credit: boolean;
  private readonly currency: string;

  constructor(private readonly facts: DocumentFacts) {
    this.credit = facts.invoice.document === 'credit_note';
    this.currency = facts.invoice.currency;
  }

  document(): string {
    const { invoice, issuer, customer, corrects } = this.facts;
    const root = this.credit ? 'CreditNote' : 'Invoice';
    const issuedOn = invoice.issuedOn ?? '';
    const namespaces = {
      xmlns: `${NAMESPACE}${root}-2`,
      'xmlns:cac': `${NAMESPACE}CommonAggregateComponents-2`,
      'xmlns:cbc': `${NAMESPACE}CommonBasicComponents-2`,
    };
    const children: Child[] = [
      ['cbc:CustomizationID', CUSTOMIZATION],
      ['cbc:ID', invoice.number ?? ''],
      ['cbc:IssueDate', issuedOn],
      this.credit ? undefined : said('cbc:DueDate', invoice.dueOn),
      this.credit ? ['cbc:CreditNoteTypeCode', '381'] : ['cbc:InvoiceTypeCode', '380'],
      said('cbc:Note', invoice.notes?.trim()),
      ['cbc:DocumentCurrencyCode', this.currency],
      ['cbc:BuyerReference', customer.displayId],
      period(invoice.periodFrom, invoice.periodUntil),
      ...corrects.map((document): Child => [
        'cac:BillingReference',
        [['cac:InvoiceDocumentReference', [['cbc:ID', document.number], said('cbc:IssueDate', document.issuedOn)]]],
      ]),
      ['cac:AccountingSupplierParty', [this.supplier()]],
      [
        'cac:AccountingCustomerParty',
        [
          party({
            id: customer.displayId,
            name: customer.name,
            address: customer.address,
            fallbackCountry: issuer.country,
            contact: group('cac:Contact', [said('cbc:ElectronicMail', customer.email)]),
          }),
        ],
      ],
      this.paymentMeans(),
      this.paymentTerms(),
      this.taxTotal(),
      this.monetaryTotal(),
      ...invoice.lines.map((line) => this.line(line)),
    ];
    return xmlDocument([root, children, namespaces]);
  }

  /** What the document shows: a credit note takes the sign away. */
  private shown(amount: string): Money {
    const money = Money.of(amount, this.currency);
    return this.credit ? money.negated() : money;
  }

  private amount(name: string, money: Money): Element {
    return [name, money.toText(), { currencyID: this.currency }];
  }

  private supplier(): Element {
    const { issuer } = this.facts;
    return party({
      id: null,
      name: issuer.name,
      address: { ...issuer, state: issuer.state ?? undefined },
      fallbackCountry: issuer.country,
      taxId: issuer.taxId,
      registration: issuer.registration,
      contact: group('cac:Contact', [said('cbc:Telephone', issuer.phone), said('cbc:ElectronicMail', issuer.email)]),
    });
  }

  private paymentMeans(): Child {
    const { issuer, invoice } = this.facts;
    const account = issuer.iban ?? issuer.bankAccount;
    if (this.credit || account === null) return undefined;
    const number = invoice.number ?? '';
    return [
      'cac:PaymentMeans',
      [
        ['cbc:PaymentMeansCode', issuer.iban !== null && this.currency === 'EUR' ? SEPA : TRANSFER],
        ['cbc:PaymentID', issuer.iban === null ? number : (creditorReference(number) ?? number)],
        [
          'cac:PayeeFinancialAccount',
          [
            ['cbc:ID', account],
            ['cbc:Name', issuer.name],
            group('cac:FinancialInstitutionBranch', [said('cbc:ID', issuer.bic)]),
          ],
        ],
      ],
    ];
  }

  /** BR-CO-25: what is to be paid has a day or terms. */
  private paymentTerms(): Child {
    const { dueOn } = this.facts.invoice;
    if (this.credit || dueOn === null) return undefined;
    return ['cac:PaymentTerms', [['cbc:Note', `Payable until ${dueOn}`]]];
  }

  private taxTotal(): Element {
    const { invoice, exemptions } = this.facts;
    const sums = categorySums(invoice.lines, exemptions, this.currency);
    const subtotals = sums.map(({ category, base, tax }): Element => [
      'cac:TaxSubtotal',
      [
        this.amount('cbc:TaxableAmount', this.shown(base.toText())),
        this.amount('cbc:TaxAmount', this.shown(tax.toText())),
        taxCategory('cac:TaxCategory', category),
      ],
    ]);
    return ['cac:TaxTotal', [this.amount('cbc:TaxAmount', this.shown(invoice.taxAmount)), ...subtotals]];
  }

  private monetaryTotal(): Element {
    const { subtotalAmount, totalAmount, currency } = this.facts.invoice;
    const total = Money.of(totalAmount, currency);
    const setOff = Money.of(this.facts.setOffAmount, currency);
    return [
      'cac:LegalMonetaryTotal',
      [
        this.amount('cbc:LineExtensionAmount', this.shown(subtotalAmount)),
        this.amount('cbc:TaxExclusiveAmount', this.shown(subtotalAmount)),
        this.amount('cbc:TaxInclusiveAmount', this.shown(totalAmount)),
        ...(setOff.isZero() ? [] : [this.amount('cbc:PrepaidAmount', setOff)]),
        this.amount('cbc:PayableAmount', this.shown(total.minus(setOff).toText())),
      ],
    ];
  }

  /** A price is never negative (BR-27): what is taken off is a negative quantity. */
  private line(line: InvoiceLineView): Element {
    const { exemptions } = this.facts;
    const net = this.shown(line.amount);
    const { quantity, price } = priced(line, net);
    const category = categoryOf(line.taxes, exemptions);
    return [
      this.credit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine',
      [
        ['cbc:ID', String(line.position)],
        [this.credit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity', quantity, { unitCode: ONE }],
        this.amount('cbc:LineExtensionAmount', net),
        period(line.from, line.until),
        [
          'cac:Item',
          [
            ['cbc:Name', line.description],
            taxCategory('cac:ClassifiedTaxCategory', { ...category, reason: undefined }),
          ],
        ],
        ['cac:Price', [['cbc:PriceAmount', price, { currencyID: this.currency }]]],
      ],
    ];
  }
}

/** Price and quantity as they were written where they come to the line exactly, else one of what it comes to. */
function priced({ inputs }: InvoiceLineView, net: Money): { readonly quantity: string; readonly price: string } {
  if (inputs.rule === 'by_hand' && Number(inputs.proration_factor) === 1) {
    const exact = decimal(inputs.unit_amount).times(decimal(inputs.quantity));
    const [quantity, price] = [decimal(inputs.quantity), decimal(inputs.unit_amount)];
    if (exact.equals(net.amount) && !exact.isZero())
      return price.isNegative()
        ? { quantity: quantity.negated().toFixed(), price: price.negated().toFixed() }
        : { quantity: quantity.toFixed(), price: price.toFixed() };
  }
  return net.isNegative() ? { quantity: '-1', price: net.negated().toText() } : { quantity: '1', price: net.toText() };
}

function period(from: string | null, until: string | null): Child {
  if (from === null) return undefined;
  const last = until === null ? from : addDays(until, -1);
  return [
    'cac:InvoicePeriod',
    [
      ['cbc:StartDate', from],
      ['cbc:EndDate', last < from ? from : last],
    ],
  ];
}

function taxCategory(name: string, { id, percent, reason }: TaxCategory): Element {
  return [
    name,
    [
      ['cbc:ID', id],
      ['cbc:Percent', percent.toFixed()],
      said('cbc:TaxExemptionReason', reason),
      ['cac:TaxScheme', [['cbc:ID', 'VAT']]],
    ],
  ];
}

interface Party {
  readonly id: string | null;
  readonly name: string;
  readonly address: PrintedAddress | null;
  /** Where an address says nothing that is an ISO 3166-1 code. */
  readonly fallbackCountry: string;
  readonly taxId?: string | null;
  readonly registration?: string | null;
  readonly contact: Child;
}

function party({ id, name, address, fallbackCountry, taxId, registration, contact }: Party): Element {
  const country = address?.country ?? '';
  const code = /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : fallbackCountry;
  return [
    'cac:Party',
    [
      group('cac:PartyIdentification', [said('cbc:ID', id)]),
      ['cac:PartyName', [['cbc:Name', name]]],
      [
        'cac:PostalAddress',
        [
          said('cbc:StreetName', address?.street),
          said('cbc:CityName', address?.city),
          said('cbc:PostalZone', address?.zip),
          said('cbc:CountrySubentity', address?.state),
          ['cac:Country', [['cbc:IdentificationCode', code]]],
        ],
      ],
      taxId
        ? [
            'cac:PartyTaxScheme',
            [
              ['cbc:CompanyID', taxId],
              ['cac:TaxScheme', [['cbc:ID', 'VAT']]],
            ],
          ]
        : undefined,
      ['cac:PartyLegalEntity', [['cbc:RegistrationName', name], said('cbc:CompanyID', registration)]],
      contact,
    ],
  ];
}
