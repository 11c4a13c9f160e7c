import { dateOfDay, dayNumber, type Span, intersect, merged, subtract } from '@isp/kernel';
import type { DateRange } from '../engine/engine.types.js';

/** From a day on a service is billed to an account. */
export interface Assignment {
  readonly accountId: number;
  readonly fromOn: string;
}

/** For some days another account pays what an account would. */
export interface PayerRange extends DateRange {
  readonly accountId: number;
  readonly payerAccountId: number;
}

const spanOf = ({ from, until }: DateRange): Span => ({
  from: dayNumber(from),
  until: until === null ? Infinity : dayNumber(until),
});
const rangeOf = ({ from, until }: Span): DateRange => ({
  from: from === -Infinity ? '0001-01-01' : dateOfDay(from),
  until: until === Infinity ? null : dateOfDay(until),
});

/**
 * The days on which an account pays for a service: those on which the service is billed to it, or to one that it pays for.
 * @param home the account of the service before its first assignment
 */
export function windowsOf(
  accountId: number,
  home: number,
  assignments: readonly Assignment[],
  payers: readonly PayerRange[],
): DateRange[] {
  const steps = [...assignments].sort((a, b) => (a.fromOn < b.fromOn ? -1 : 1));
  const stays = [
    { accountId: home, from: -Infinity },
    ...steps.map((step) => ({ accountId: step.accountId, from: dayNumber(step.fromOn) })),
  ];
  const paid = stays.flatMap((stay, index) => {
    const span = { from: stay.from, until: stays[index + 1]?.from ?? Infinity };
    const others = payers.filter((payer) => payer.accountId === stay.accountId);
    if (stay.accountId === accountId) return subtract([span], others.map(spanOf));
    return intersect([span], others.filter(({ payerAccountId }) => payerAccountId === accountId).map(spanOf));
  });
  return merged(paid).map(rangeOf);
}

/** Without some of the days. */
export function daysWithout(days: readonly DateRange[], others: readonly DateRange[]): readonly DateRange[] {
  return others.length === 0 ? days : subtract(days.map(spanOf), others.map(spanOf)).map(rangeOf);
}
