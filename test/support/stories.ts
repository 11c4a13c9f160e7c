import { Money } from '@isp/kernel';
import type { InvoicedSum } from '../../libs/domain/billing/engine/engine.types.js';
import { priceOf } from '../../libs/domain/billing/engine/invoiced-charges.js';
import { groupOf } from '../../libs/domain/billing/engine/keys.js';

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

/** Of a group of charges: what their prices come to, with the taxes that are within, and all taxes. */
export interface Sums {
  readonly price: Money;
  readonly taxes: Money;
}
const zero = Money.zero('USD');
export const NOTHING: Sums = { price: zero, taxes: zero };

export function sumsOf(lines: readonly (InvoicedSum & { readonly key: string })[]): Map<string, Sums> {
  const all = new Map<string, Sums>();
  for (const line of lines) {
    const was = all.get(groupOf(line.key)) ?? NOTHING;
    const taxes = Money.sumOfTexts(
      line.taxes.map(({ amount }) => amount),
      'USD',
    );
    all.set(groupOf(line.key), { price: was.price.plus(priceOf(line, 'USD')), taxes: was.taxes.plus(taxes) });
  }
  return all;
}
