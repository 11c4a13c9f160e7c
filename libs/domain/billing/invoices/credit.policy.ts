import { Money } from '@isp/kernel';
import { refuseUnfit } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import type { LineTax } from '../engine/engine.types.js';
import type { NewLine } from './invoice.repository.js';
import type { InvoiceLineView } from './invoice.view.js';

/** What a credit note took back of a line: negative amounts. */
export interface CreditedLine {
  readonly lineId: string;
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/**
 * The line that takes an amount (without tax) back of another, with its share of the taxes. The credit that completes a
 * line takes what is left of its taxes, so that all credits together come to the line exactly. A line that took something
 * off is only taken back in full, with the opposite sign.
 * @param amount null for all that is left; undefined is answered when nothing is
 * @param standing what is left of the charge that the line is for, whoever took something back of it
 * @throws `billing.credit.too_much`, `billing.credit.unfit_line`, `billing.credit.zero`, `billing.amount.unfit`
 */
export function creditOf(
  line: InvoiceLineView,
  before: readonly CreditedLine[],
  amount: string | null,
  currency: string,
  standing?: Money,
): NewLine | undefined {
  const money = (text: string): Money => Money.of(text, currency);
  const own = before.filter(({ lineId }) => lineId === line.id);
  const credited = Money.sum(
    own.map((credit) => money(credit.amount)),
    currency,
  ).negated();
  const whole = money(line.amount);
  if (amount !== null && !whole.isPositive()) throw billingErrors('billing.credit.unfit_line', { line: line.position });
  const left = leftOf(whole.minus(credited), standing);
  if (amount === null && left.isZero()) return undefined;
  if (amount !== null) refuseUnfit(`The amount of line ${line.position}`, amount, currency);
  const credit = amount === null ? left : money(amount);
  if (amount !== null && !credit.isPositive()) throw billingErrors('billing.credit.zero');
  if (amount !== null && credit.compare(left) > 0)
    throw billingErrors('billing.credit.too_much', { left: left.toText(), of: `line ${line.position}` });
  const inputs = { line_amount: line.amount, credited_before: credited.toText(), credit: credit.toText() };
  const taxes = line.taxes.map(({ code, name, percent, inclusive, amount: of }) => {
    const taken = own.flatMap((one) => one.taxes).filter((tax) => tax.code === code && tax.percent === percent);
    const takenBefore = Money.sum(
      taken.map((tax) => money(tax.amount)),
      currency,
    ).negated();
    const figures = { of, credited_before: takenBefore.toText() };
    return { code, name, percent, inclusive, amount: taxOfCredit(figures, inputs, currency).toText(), credit: figures };
  });
  return {
    key: null,
    kind: 'credit',
    serviceId: line.serviceId,
    correctsLineId: line.id,
    description: line.description,
    from: line.from,
    until: line.until,
    amount: credit.negated().toText(),
    taxes,
    inputs: { rule: 'credit', ...inputs },
  };
}

/** What may still be credited of a line that charged something: no more than is left of its charge. */
function leftOf(line: Money, standing: Money | undefined): Money {
  if (!standing || !line.isPositive() || line.compare(standing) <= 0) return line;
  return standing.isPositive() ? standing : Money.zero(line.currency);
}

/** A tax's share of a credit, negative: what is left of the tax when the credit completes the line. */
export function taxOfCredit(
  figures: { readonly of: string; readonly credited_before: string },
  inputs: { readonly line_amount: string; readonly credited_before: string; readonly credit: string },
  currency: string,
): Money {
  const money = (text: string): Money => Money.of(text, currency);
  const [whole, credit] = [money(inputs.line_amount), money(inputs.credit)];
  const left = money(figures.of).minus(money(figures.credited_before));
  const share = money(figures.of).times(credit.amount).dividedBy(whole.amount).rounded();
  const completes = credit.equals(whole.minus(money(inputs.credited_before)));
  return (completes || share.compare(left) > 0 ? left : share).negated();
}
