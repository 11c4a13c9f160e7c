import { Money } from '@isp/kernel';
import {
  correctionOf,
  exactAmount,
  explain,
  keptTaxAmount,
  restOfTax,
  withTaxes,
  withoutInclusive,
} from '../engine/arithmetic.js';
import type { LineTax } from '../engine/engine.types.js';
import { taxOfCredit } from './credit.policy.js';
import type { InvoiceLineView, InvoiceWithLines } from './invoice.view.js';

export interface TaxProof {
  readonly tax: LineTax;
  readonly derivedAmount: string;
  readonly matches: boolean;
}

export interface LineProof {
  readonly line: InvoiceLineView;
  /** The arithmetic in one sentence. */
  readonly arithmetic: string;
  readonly derivedAmount: string;
  readonly matches: boolean;
  readonly taxes: readonly TaxProof[];
}

export interface InvoiceProof {
  readonly invoice: InvoiceWithLines;
  readonly lines: readonly LineProof[];
  /** Sums of the derived amounts. */
  readonly subtotal: string;
  readonly tax: string;
  readonly total: string;
  readonly totalsMatch: boolean;
  /** Whether the document is, byte for byte, what was issued; null for a draft. */
  readonly unchanged: boolean | null;
  readonly proven: boolean;
}

/** Computes every line again from its own inputs, by the rules that wrote it, and compares. */
export function prove(invoice: InvoiceWithLines, unchanged: boolean | null): InvoiceProof {
  const { currency } = invoice;
  const money = (text: string): Money => Money.of(text, currency);
  const lines = invoice.lines.map((line) => proveLine(line, currency));
  const net = Money.sum(
    lines.map(({ derivedAmount }) => money(derivedAmount)),
    currency,
  );
  const tax = Money.sum(
    lines.flatMap(({ taxes }) => taxes.map(({ derivedAmount }) => money(derivedAmount))),
    currency,
  );
  const total = net.plus(tax);
  const totalsMatch =
    net.equals(money(invoice.subtotalAmount)) &&
    tax.equals(money(invoice.taxAmount)) &&
    total.equals(money(invoice.totalAmount));
  const proven = totalsMatch && unchanged !== false && lines.every(({ matches }) => matches);
  const sums = { subtotal: net.toText(), tax: tax.toText(), total: total.toText() };
  return { invoice, lines, ...sums, totalsMatch, unchanged, proven };
}

function proveLine(line: InvoiceLineView, currency: string): LineProof {
  const money = (text: string): Money => Money.of(text, currency);
  const { inputs } = line;
  const exact = exactAmount(inputs, currency);
  const fresh = withTaxes(exact, line.taxes);
  const taxes = line.taxes.map((tax, index): TaxProof => {
    const derived = derivedTax(line, tax, fresh.taxes[index]?.amount ?? '0', currency);
    return { tax, derivedAmount: derived.toText(), matches: derived.equals(money(tax.amount)) };
  });
  const derivedAmount = derivedNet(line, exact, fresh.amount);
  const sum = Money.sum(
    taxes.map((tax) => money(tax.derivedAmount)),
    currency,
  );
  const matches =
    money(derivedAmount).equals(money(line.amount)) &&
    sum.equals(money(line.taxAmount)) &&
    taxes.every((tax) => tax.matches);
  return { line, arithmetic: explain(inputs, derivedAmount), derivedAmount, matches, taxes };
}

/** Corrections and credits say amounts without taxes; the discount that completes a charge leaves nothing of its taxes. */
function derivedNet({ inputs: { rule }, taxes }: InvoiceLineView, exact: Money, fresh: string): string {
  if (rule === 'correction' || rule === 'credit' || rule === 'credited_before') return exact.toText();
  return taxes.some(({ rest }) => rest) ? withoutInclusive(exact, taxes).toText() : fresh;
}

function derivedTax({ inputs }: InvoiceLineView, tax: LineTax, fresh: string, currency: string): Money {
  if (inputs.rule === 'credit') return taxOfCredit(tax.credit ?? { of: '0', credited_before: '0' }, inputs, currency);
  if (inputs.rule === 'credited_before') return tax.kept ? keptTaxAmount(tax.kept, currency) : Money.zero(currency);
  if (tax.rest) return restOfTax(tax.rest, currency);
  if (inputs.rule !== 'correction') return Money.of(fresh, currency);
  const { should = '0', invoiced = '0', credited = '0' } = tax.correction ?? {};
  return correctionOf(should, invoiced, credited, currency);
}
