import { Money } from '@isp/kernel';
import { refuseUnfit } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import type { CreditOfTax, LineInputs, LineTax } from '../engine/engine.types.js';
import { sumOfTax, taxKeyOf } from '../engine/invoiced-charges.js';
import type { NewLine } from './invoice.repository.js';
import type { InvoiceLineView } from './invoice.view.js';

/** What a credit note took back of a line: negative amounts. */
export interface CreditedLine {
  readonly lineId: string;
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/** What is left of the charges that a line is for, whoever took something back of them. */
export interface Standing {
  readonly amount: Money;
  /** Of a tax, by its key (`taxKeyOf`). */
  tax(key: string): Money;
}

/**
 * The line that takes an amount (without tax) back of another, with its share of the taxes. The credit that completes a
 * line, or what is left of its charges, takes what is left of their taxes, so that all credits together come to them
 * exactly. A line that took something off is only taken back in full, with the opposite sign; one of taxes alone, whose
 * amount is 0, likewise.
 * @param amount null for all that is left; undefined is answered when nothing is
 * @throws `billing.credit.too_much`, `billing.credit.unfit_line`, `billing.credit.zero`, `billing.amount.unfit`
 */
export function creditOf(
  line: InvoiceLineView,
  before: readonly CreditedLine[],
  amount: string | null,
  currency: string,
  standing?: Standing,
): NewLine | undefined {
  const own = before.filter(({ lineId }) => lineId === line.id);
  const credited = Money.sumOfTexts(
    own.map((one) => one.amount),
    currency,
  ).negated();
  const whole = Money.of(line.amount, currency);
  const rest = whole.minus(credited);
  const left = leftOf(rest, standing?.amount);
  const credit = amount === null ? left : askedFor(line, amount, left);
  const limited = left.equals(rest) ? {} : { left_amount: left.toText() };
  const inputs = { line_amount: line.amount, credited_before: credited.toText(), credit: credit.toText(), ...limited };
  const taken = own.flatMap((one) => one.taxes);
  const taxes = line.taxes.map((tax) => {
    const { code, name, percent, inclusive, amount: of } = tax;
    const key = taxKeyOf(tax);
    const figures = { of, credited_before: sumOfTax(taken, key, currency).negated().toText() };
    const ofTax = Money.of(of, currency).minus(Money.of(figures.credited_before, currency));
    const most = leftOf(ofTax, standing?.tax(key));
    const figuresOf: CreditOfTax = most.equals(ofTax) ? figures : { ...figures, left: most.toText() };
    const taxAmount = taxOfCredit(figuresOf, inputs, currency).toText();
    return { code, name, percent, inclusive, amount: taxAmount, credit: figuresOf };
  });
  if (credit.isZero() && taxes.every((tax) => Number(tax.amount) === 0)) return undefined;
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

/** The amount that somebody wants credited of a line. */
function askedFor({ position, amount: whole }: InvoiceLineView, amount: string, left: Money): Money {
  const { currency } = left;
  if (!Money.of(whole, currency).isPositive()) throw billingErrors('billing.credit.unfit_line', { line: position });
  refuseUnfit(`The amount of line ${position}`, amount, currency);
  const money = Money.of(amount, currency);
  if (!money.isPositive()) throw billingErrors('billing.credit.zero');
  if (money.compare(left) > 0)
    throw billingErrors('billing.credit.too_much', { left: left.toText(), of: `line ${position}` });
  return money;
}

/** What may still be credited of a line that charged something: no more than is left of its charge. */
function leftOf(rest: Money, standing: Money | undefined): Money {
  if (!standing || !rest.isPositive() || rest.compare(standing) <= 0) return rest;
  return standing.isPositive() ? standing : Money.zero(rest.currency);
}

/** A tax's share of a credit, negative: what is left of the tax when the credit completes the line or its charge. */
export function taxOfCredit(
  figures: CreditOfTax,
  inputs: Omit<Extract<LineInputs, { readonly rule: 'credit' }>, 'rule'>,
  currency: string,
): Money {
  const money = (text: string): Money => Money.of(text, currency);
  const [whole, credit] = [money(inputs.line_amount), money(inputs.credit)];
  const rest = money(figures.of).minus(money(figures.credited_before));
  const completes = credit.equals(
    inputs.left_amount === undefined ? whole.minus(money(inputs.credited_before)) : money(inputs.left_amount),
  );
  const share = completes ? rest : money(figures.of).times(credit.amount).dividedBy(whole.amount).rounded();
  const most = figures.left === undefined ? rest : money(figures.left);
  return (share.compare(most) > 0 ? most : share).negated();
}
