import { describe, expect, it } from '@jest/globals';
import { Money } from '@isp/kernel';
import { all, broken, misplaced, parse, textOf } from '../../../../test/support/ubl-rules.js';
import { withTaxes } from '../engine/arithmetic.js';
import type { DocumentFacts } from './document-facts.js';
import { invoiceUbl } from './invoice-ubl.js';
import { creditorReference, epcText, hasCheckDigits } from './payment-reference.js';

interface MadeLine {
  readonly net: string;
  readonly taxes: readonly (readonly [code: string, percent: string])[];
  readonly inputs?: object;
}

function factsOf(made: readonly MadeLine[], more: Partial<DocumentFacts> = {}, credit = false): DocumentFacts {
  const sign = credit ? -1 : 1;
  const lines = made.map(({ net, taxes, inputs }, index) => {
    const applicable = taxes.map(([code, percent]) => ({ code, name: code, percent, inclusive: false }));
    const taxed = withTaxes(Money.of(net, 'EUR').times(sign), applicable);
    const tax = Money.sum(
      taxed.taxes.map(({ amount }) => Money.of(amount, 'EUR')),
      'EUR',
    ).toText();
    return {
      id: `${index}`,
      position: index + 1,
      kind: 'recurring',
      key: null,
      serviceId: null,
      correctsLineId: null,
      correctsInvoiceId: null,
      description: `Line <${index}> & "more"`,
      from: '2025-02-01',
      until: '2025-03-01',
      amount: taxed.amount,
      taxAmount: tax,
      taxes: taxed.taxes,
      inputs: inputs ?? { rule: 'once', unit_amount: net },
    };
  });
  const sum = (pick: (line: (typeof lines)[number]) => string) =>
    Money.sum(
      lines.map((line) => Money.of(pick(line), 'EUR')),
      'EUR',
    );
  const [net, tax] = [sum(({ amount }) => amount), sum(({ taxAmount }) => taxAmount)];
  const at = new Date('2025-02-01T05:00:00Z');
  return {
    invoice: {
      id: 1,
      partnerId: 1,
      customerId: 1,
      accountId: 1,
      document: credit ? 'credit_note' : 'invoice',
      kind: 'recurring',
      origin: 'engine',
      correctsId: null,
      reviewUntil: null,
      status: 'pending',
      number: 'INV-2025-000789',
      currency: 'EUR',
      periodFrom: '2025-02-01',
      periodUntil: '2025-03-01',
      issuedOn: '2025-02-01',
      dueOn: credit ? null : '2025-02-15',
      subtotalAmount: net.toText(),
      taxAmount: tax.toText(),
      totalAmount: net.plus(tax).toText(),
      settledAmount: '0',
      paidAmount: '0',
      writtenOffAmount: '0',
      writtenOffAt: null,
      creditedAmount: '0',
      notes: 'A\u0001 & B',
      createdAt: at,
      issuedAt: at,
      voidedAt: null,
      voidReason: null,
      version: 1,
      lines: lines as never,
    },
    issuer: {
      name: 'Example Fibre',
      street: 'Street 1',
      city: 'Berlin',
      zip: '10115',
      state: null,
      country: 'DE',
      taxId: 'DE123456789',
      registration: 'HRB 1',
      email: 'a@b.example',
      phone: null,
      website: null,
      logoText: null,
      footer: null,
      bankName: null,
      iban: 'DE02120300000000202051',
      bic: 'BYLADEM1001',
      bankAccount: null,
    },
    customer: {
      displayId: 'CUST-10001',
      name: 'Zoë & Co',
      email: 'zoe@x.example',
      address: { street: 'Dam 1', city: 'Amsterdam', zip: '1012', country: 'nl' },
    },
    accountName: 'Main',
    exemptions: [],
    corrects: credit ? ['000001', '000002'].map((n) => ({ number: `INV-2025-${n}`, issuedOn: '2025-01-01' })) : [],
    setOffAmount: '0',
    language: 'en',
    ...more,
  };
}

describe('UBL 2.1 / EN 16931', () => {
  const cases: [string, DocumentFacts][] = [
    ['one rate', factsOf([{ net: '79.99', taxes: [['vat', '8.0000']] }])],
    [
      'several rates, a zero rate and none',
      factsOf([
        { net: '100', taxes: [['vat', '19']] },
        { net: '477.3913', taxes: [['vat', '15']] },
        { net: '5', taxes: [['vat', '0']] },
        { net: '7.50', taxes: [] },
      ]),
    ],
    [
      'several taxes of a line',
      factsOf([
        {
          net: '33.33',
          taxes: [
            ['state', '6.25'],
            ['city', '2.375'],
          ],
        },
      ]),
    ],
    [
      'a discount and a repair',
      factsOf([
        { net: '100', taxes: [['vat', '19']] },
        { net: '-25.55', taxes: [['vat', '19']] },
      ]),
    ],
    [
      'many lines that are rounded each',
      factsOf(Array.from({ length: 97 }, () => ({ net: '0.03', taxes: [['vat', '19'] as const] }))),
    ],
    [
      'quantities',
      factsOf([
        {
          net: '22.50',
          taxes: [['vat', '19']],
          inputs: { rule: 'by_hand', unit_amount: '0.7500', quantity: '30', proration_factor: '1' },
        },
      ]),
    ],
    [
      'something that is given back',
      factsOf([
        { net: '100', taxes: [['vat', '19']] },
        {
          net: '-22.50',
          taxes: [['vat', '19']],
          inputs: { rule: 'by_hand', unit_amount: '-0.7500', quantity: '30', proration_factor: '1' },
        },
      ]),
    ],
    [
      'a credit note',
      factsOf(
        [
          { net: '10', taxes: [['vat', '19']] },
          { net: '3.33', taxes: [] },
        ],
        {},
        true,
      ),
    ],
    [
      'an exempt customer',
      factsOf([{ net: '10', taxes: [] }], {
        exemptions: [{ code: null, from: '2025-01-01', until: null, certificate: 'Cert 7' }],
      }),
    ],
    ['nothing to pay', factsOf([{ net: '0', taxes: [['vat', '19']] }])],
  ];

  it.each(cases)('is in the order of the schema and keeps the rules: %s', (_, facts) => {
    const root = parse(invoiceUbl(facts));
    expect(misplaced(root)).toEqual([]);
    expect(broken(root)).toEqual([]);
  });

  it('has rules that can be broken', () => {
    const root = parse(
      invoiceUbl(factsOf([{ net: '10', taxes: [['vat', '19']] }])).replace(
        '>11.90</cbc:PayableAmount>',
        '>11.91</cbc:PayableAmount>',
      ),
    );
    expect(broken(root)).toEqual(['BR-CO-16']);
    const moved = parse(
      invoiceUbl(factsOf([{ net: '10', taxes: [] }])).replace(
        /(\s*<cbc:IssueDate>.*<\/cbc:IssueDate>)(\s*<cbc:DueDate>.*<\/cbc:DueDate>)/,
        '$2$1',
      ),
    );
    expect(misplaced(moved)).toHaveLength(1);
  });

  it('says to the cent what the invoice says', () => {
    const root = parse(
      invoiceUbl(
        factsOf([
          { net: '79.99', taxes: [['vat', '8.0000']] },
          { net: '477.3913', taxes: [['vat', '15']] },
        ]),
      ),
    );
    expect(all(root, 'LegalMonetaryTotal/PayableAmount')[0]).toMatchObject({
      text: '635.39',
      attributes: { currencyID: 'EUR' },
    });
    expect(
      all(root, 'TaxTotal/TaxSubtotal').map((one) => [
        textOf(one, 'TaxableAmount'),
        textOf(one, 'TaxAmount'),
        textOf(one, 'TaxCategory/ID'),
        textOf(one, 'TaxCategory/Percent'),
      ]),
    ).toEqual([
      ['79.99', '6.40', 'S', '8'],
      ['477.39', '71.61', 'S', '15'],
    ]);
    expect(textOf(root, 'Note')).toBe('A & B');
    expect(textOf(root, 'PaymentMeans/PaymentID')).toBe('RF14INV2025000789');
    expect(textOf(root, 'AccountingCustomerParty/Party/PostalAddress/Country/IdentificationCode')).toBe('NL');
  });

  it('turns the signs of a credit note and names its invoice', () => {
    const root = parse(invoiceUbl(factsOf([{ net: '10', taxes: [['vat', '19']] }], {}, true)));
    expect(root.name).toBe('CreditNote');
    expect([
      textOf(root, 'CreditNoteTypeCode'),
      textOf(root, 'LegalMonetaryTotal/PayableAmount'),
      textOf(root, 'BillingReference/InvoiceDocumentReference/ID'),
    ]).toEqual(['381', '11.90', 'INV-2025-000001']);
    expect(textOf(root, 'CreditNoteLine/CreditedQuantity')).toBe('1');
  });
});

describe('what a bank needs', () => {
  it('has check digits that a bank would accept', () => {
    expect(creditorReference('539007547034')).toBe('RF18539007547034');
    for (const number of ['INV-2025-000789', 'CN-2199-123456', 'X'])
      expect(hasCheckDigits(creditorReference(number) ?? '')).toBe(true);
    expect(hasCheckDigits('RF19539007547034')).toBe(false);
    expect(hasCheckDigits('NL91ABNA0417164300')).toBe(true);
    expect([creditorReference(''), creditorReference('1'.repeat(22))]).toEqual([undefined, undefined]);
  });

  it('is in the QR code as the guidelines have it', () => {
    const transfer = {
      name: 'Example',
      iban: 'DE02120300000000202051',
      bic: 'BYLADEM1001',
      amount: '86.39',
      reference: 'RF18539007547034',
    };
    expect(epcText(transfer)?.split('\n')).toEqual([
      'BCD',
      '002',
      '1',
      'SCT',
      'BYLADEM1001',
      'Example',
      'DE02120300000000202051',
      'EUR86.39',
      '',
      'RF18539007547034',
    ]);
    expect(
      epcText({ ...transfer, bic: null, reference: 'INV 7' })
        ?.split('\n')
        .slice(-3),
    ).toEqual(['', '', 'INV 7']);
    expect([epcText({ ...transfer, amount: '0.00' }), epcText({ ...transfer, amount: '1000000000.00' })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
