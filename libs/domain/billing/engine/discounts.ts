import { Money, type Span, intersect } from '@isp/kernel';
import { exactAmount } from './arithmetic.js';
import type { DateRange, Discount, LineInputs } from './engine.types.js';

/** What endless fractions leave of nothing. */
const DUST = '0.000000001';

type Share = Omit<Extract<LineInputs, { readonly rule: 'share_of_period' }>, 'rule'>;

/** Days (or seconds) of a period at one price, and how to count them. */
interface Discounted {
  readonly span: Span;
  readonly monthlyAmount: string;
  readonly currency: string;
  shareOf(part: Span, monthlyAmount: string): Share;
  daysOf(range: DateRange): Span;
}

/** What one discount takes off. */
export interface Off {
  readonly discount: Discount;
  readonly part: Span;
  readonly inputs: LineInputs;
  /** Nothing is left of the charge, in what can be paid. */
  readonly completes: boolean;
}

/** Days that have the same discounts, and what those have left of their price, exact. */
interface Segment extends Span {
  readonly left: Money;
}

/** Discounts come off one after another, each from its own days, and never make more than nothing of a day. */
export function discountsOn(discounts: readonly Discount[], of: Discounted): Off[] {
  const whole = shareAmount(of, of.span, of.monthlyAmount);
  let segments: readonly Segment[] = [{ ...of.span, left: whole }];
  let rest = whole.rounded();
  const offs: Off[] = [];
  for (const discount of discounts) {
    const [part] = intersect([of.span], [of.daysOf(discount)]);
    if (!part || !rest.isPositive()) continue;
    const cut = cutAt(cutAt(segments, part.from), part.until);
    const after = cut.map((segment) => (isWithin(segment, part) ? discounted(segment, discount, of) : segment));
    const off = leftOf(cut, of).minus(leftOf(after, of));
    const completes = after.every(({ left }) => !left.isPositive());
    const inputs = inputsOf(discount, part, of, {
      off,
      atMost: smaller(
        leftOf(
          cut.filter((one) => isWithin(one, part)),
          of,
        ).rounded(),
        rest,
      ),
      rest,
      completes,
    });
    const taken = exactAmount(inputs, of.currency).rounded();
    segments = after;
    if (taken.isZero()) continue;
    rest = rest.plus(taken);
    offs.push({ discount, part, inputs, completes: completes || rest.isZero() });
  }
  return offs;
}

interface Bounds {
  /** What comes off by the day, exact. */
  readonly off: Money;
  /** What is left of the discount's days, and of the whole charge. */
  readonly atMost: Money;
  readonly rest: Money;
  readonly completes: boolean;
}

function inputsOf({ percent, monthlyAmount }: Discount, part: Span, of: Discounted, bounds: Bounds): LineInputs {
  const { off, atMost, rest, completes } = bounds;
  const upTo = (most: Money, days: Span = part): LineInputs => {
    return { rule: 'amount_discount', ...of.shareOf(days, of.monthlyAmount), at_most: most.toText() };
  };
  if (completes) {
    const full =
      percent !== null && Number(percent) === 100 && rest.equals(shareAmount(of, part, of.monthlyAmount).rounded());
    return full ? { rule: 'percent_discount', ...of.shareOf(part, of.monthlyAmount), percent } : upTo(rest, of.span);
  }
  const asked: LineInputs =
    percent !== null
      ? { rule: 'percent_discount', ...of.shareOf(part, of.monthlyAmount), percent }
      : { rule: 'amount_discount', ...of.shareOf(part, monthlyAmount ?? '0'), at_most: atMost.toText() };
  const exact = exactAmount(asked, of.currency).negated();
  const fits = exact.rounded().equals(off.rounded()) && exact.rounded().compare(rest) <= 0;
  return fits ? asked : upTo(smaller(off.rounded(), rest));
}

const smaller = (left: Money, right: Money): Money => (left.compare(right) < 0 ? left : right);
const isWithin = (segment: Span, part: Span): boolean => part.from <= segment.from && segment.until <= part.until;

function leftOf(segments: readonly Segment[], { currency }: Discounted): Money {
  return Money.sum(
    segments.map(({ left }) => left),
    currency,
  );
}

function cutAt(segments: readonly Segment[], tick: number): readonly Segment[] {
  return segments.flatMap((segment) => {
    const { from, until, left } = segment;
    if (tick <= from || tick >= until) return [segment];
    const first = left.times(tick - from).dividedBy(until - from);
    return [
      { from, until: tick, left: first },
      { from: tick, until, left: left.minus(first) },
    ];
  });
}

function discounted(segment: Segment, { percent, monthlyAmount }: Discount, of: Discounted): Segment {
  const off =
    percent !== null
      ? shareAmount(of, segment, of.monthlyAmount).times(percent).dividedBy(100)
      : shareAmount(of, segment, monthlyAmount ?? '0');
  const left = segment.left.minus(off);
  return { ...segment, left: left.compare(Money.of(DUST, of.currency)) < 0 ? Money.zero(of.currency) : left };
}

function shareAmount(of: Discounted, part: Span, monthlyAmount: string): Money {
  return exactAmount({ rule: 'share_of_period', ...of.shareOf(part, monthlyAmount) }, of.currency);
}
