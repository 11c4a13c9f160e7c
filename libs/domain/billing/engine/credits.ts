import { type Span, intersect, merged, subtract } from '@isp/kernel';

/** What a credit note took back of charges, and what those came to then. In minor units. */
export interface Taken {
  /** Negative where it was taken back. */
  readonly credited: number;
  readonly was: number;
}

/**
 * How much of each credit stays when the charges come to something else by now. Of the money of charges that stand for
 * each other each unit is credited at most once: a credit takes those on top that are not credited yet. Charges that come
 * down lose their uppermost units, credited ones as well, which then count against the loss; charges that go up get new
 * ones, which nobody credited. Whoever takes back what was given (a discount's line) pays for units that are not charged,
 * which count when they come to be (negative). More than there was to credit stays owed.
 */
export function stillCredited(credits: readonly Taken[], should: number): number[] {
  // Of each credit: the units that it took back, those that it pays for though they are not charged, and what it was too much.
  const marks: Mark[] = [];
  for (const { credited, was } of credits) {
    const { charged, beyond } = stackOf(was);
    const mark =
      credited < 0 ? takenBack(-credited, marks, charged, beyond) : paidAgain(credited, marks, charged, beyond);
    marks.push(mark);
  }
  const { charged, beyond } = stackOf(should);
  const stays = marks.map(
    ({ credited, extra }) => sizeOf(intersect(credited, charged)) - sizeOf(intersect(extra, beyond)),
  );
  let paid = Math.max(should, 0) - stays.reduce((sum, amount) => sum + amount, 0);
  return marks.map(({ over }, index) => {
    const owed = Math.min(over, paid);
    paid -= owed;
    return (stays[index] as number) + owed;
  });
}

interface Mark {
  credited: readonly Span[];
  extra: readonly Span[];
  over: number;
}

function takenBack(amount: number, before: Mark[], charged: readonly Span[], beyond: readonly Span[]): Mark {
  const extra = before.flatMap((mark) => mark.extra);
  const given = top(intersect(extra, beyond), amount);
  const free = before.reduce((left, mark) => subtract(left, mark.credited), charged);
  const credited = top(free, amount - sizeOf(given));
  for (const mark of before) mark.extra = subtract(mark.extra, [...given, ...credited]);
  return { credited, extra: [], over: amount - sizeOf(given) - sizeOf(credited) };
}

function paidAgain(amount: number, before: Mark[], charged: readonly Span[], beyond: readonly Span[]): Mark {
  let left = amount;
  for (const mark of before) {
    const back = Math.min(mark.over, left);
    mark.over -= back;
    left -= back;
  }
  const credited = before.flatMap((mark) => mark.credited);
  const again = bottom(intersect(credited, charged), left);
  const free = before.reduce((rest, mark) => subtract(rest, mark.extra), beyond);
  const extra = bottom(free, left - sizeOf(again));
  for (const mark of before) mark.credited = subtract(mark.credited, [...again, ...extra]);
  return { credited: [], extra, over: 0 };
}

function stackOf(amount: number): { readonly charged: readonly Span[]; readonly beyond: readonly Span[] } {
  const height = Math.max(amount, 0);
  return { charged: [{ from: 0, until: height }], beyond: [{ from: height, until: Infinity }] };
}

const sizeOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, until }) => sum + until - from, 0);

function bottom(spans: readonly Span[], amount: number): Span[] {
  const parts: Span[] = [];
  let left = amount;
  for (const { from, until } of merged(spans)) {
    if (left <= 0) break;
    parts.push({ from, until: Math.min(until, from + left) });
    left -= until - from;
  }
  return parts;
}

function top(spans: readonly Span[], amount: number): Span[] {
  const mirrored = (all: readonly Span[]): Span[] => all.map(({ from, until }) => ({ from: -until, until: -from }));
  return mirrored(bottom(mirrored(spans), amount));
}
