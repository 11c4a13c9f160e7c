import { describe, expect, it } from '@jest/globals';
import { account, facts, price, service } from '../../../../test/support/engine-facts.js';
import { type Keyed, credited, discount, keyed, taxRate, writing } from '../../../../test/support/engine-lines.js';
import { prove } from '../invoices/proof.js';
import { compute } from './compute.js';
import type { EngineFacts, TaxRate } from './engine.types.js';
import { invoicedCharges } from './invoiced-charges.js';

const { after, proven, shown, total, written } = writing({ compute, invoicedCharges, prove });

type Exemptions = EngineFacts['account']['exemptions'];
const inRegion = (taxRates: readonly TaxRate[], exemptions: Exemptions = []): EngineFacts =>
  facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '31')])], {
    account: account({ exemptions }, { taxRegion: 'R' }),
    taxRates,
  });
/** What is left of a credited month when the taxes are others: net, and all taxes. */
function leftOf(first: EngineFacts, share: number, then: EngineFacts): [string, string] {
  const paid = written(first);
  const note = credited(paid[0] as Keyed, share);
  const more = after(then, paid, note);
  expect(proven(more)).toBe(true);
  const all = [...paid, ...note, ...written(more)];
  expect(shown(after(then, all))).toEqual([]);
  const sum = (amounts: readonly string[]) => amounts.reduce((one, other) => one + Number(other), 0).toFixed(2);
  return [sum(all.map(({ amount }) => amount)), sum(all.flatMap(({ taxes }) => taxes.map(({ amount }) => amount)))];
}

describe('taxes that come late', () => {
  const ten = inRegion([taxRate('10', '2020-01-01')]);
  const twenty = inRegion([taxRate('20', '2020-01-01')]);
  const fromMiddle = inRegion([taxRate('10', '2020-01-01', '2025-01-16'), taxRate('20', '2025-01-16')]);
  const exempt = inRegion(
    [taxRate('10', '2020-01-01')],
    [{ code: null, from: '2025-01-01', until: null, certificate: 'X' }],
  );

  it('are not charged on what was credited in full', () => {
    for (const then of [twenty, fromMiddle, exempt]) {
      expect(leftOf(ten, 1, then)).toEqual(['0.00', '0.00']);
      expect(total(after(then, written(ten), credited(written(ten)[0] as Keyed, 1)))).toBe('0.00');
    }
  });

  it('are charged on what is left', () => {
    expect(leftOf(ten, 20 / 31, ten)).toEqual(['11.00', '1.10']);
    expect(leftOf(ten, 20 / 31, twenty)).toEqual(['11.00', '2.20']);
    expect(leftOf(ten, 20 / 31, exempt)).toEqual(['11.00', '0.00']);
    // 15 days of the old rate are credited first, and 5 of the new: 11 of those are left.
    expect(leftOf(ten, 20 / 31, fromMiddle)).toEqual(['11.00', '2.20']);
  });

  it('are not charged on a price that included others, and was credited in full', () => {
    const within = { ...taxRate('10', '2020-01-01'), inclusive: true };
    const [inclusive, free] = [
      inRegion([within]),
      inRegion([within], [{ code: null, from: '2025-01-01', until: null, certificate: 'X' }]),
    ];
    expect(leftOf(inclusive, 1, free)).toEqual(['0.00', '0.00']);
    // 31.00 are to be paid whatever the taxes: 15.50 are left.
    expect(leftOf(inclusive, 0.5, inclusive)).toEqual(['14.09', '1.41']);
    expect(leftOf(inclusive, 0.5, free)).toEqual(['15.50', '0.00']);
    expect(leftOf(free, 0.5, inclusive)).toEqual(['14.09', '1.41']);
    const net = { ...within, percent: '20' };
    expect(leftOf(inclusive, 1, inRegion([net]))).toEqual(['0.00', '0.00']);
  });

  it('stay credited where they were credited by themselves, as long as there are as many', () => {
    const paid = written(ten);
    const dearer = keyed(compute(after(twenty, paid)).lines);
    expect(total(after(twenty, paid))).toBe('3.10');
    const [taxes] = dearer as [Keyed];
    const all = [...paid, ...dearer, ...credited(taxes, 1)];
    expect(shown(after(twenty, all))).toEqual([]);
    const gone = { ...twenty, services: [] };
    expect(total(after(gone, all))).toBe('-34.10');
    expect(proven(after(gone, all))).toBe(true);
    // Who credits the month as well gives back all of it, and no more.
    const both = [...all, ...credited(paid[0] as Keyed, 1)];
    expect(total(after(twenty, both))).toBe('0.00');
    expect(total(after(gone, both))).toBe('0.00');
  });

  it('were given back before the month was credited, and are not a second time', () => {
    const paid = written(ten);
    const back = keyed(compute(after(exempt, paid)).lines);
    expect(total(after(exempt, paid))).toBe('-3.10');
    const note = [{ ...(paid[0] as Keyed), kind: 'credit', amount: '-31.00', taxes: [] }] as Keyed[];
    expect(shown(after(exempt, paid, back, note))).toEqual([]);
    // The exemption is withdrawn: nothing is left that it could be charged on.
    expect(total(after(ten, paid, back, note))).toBe('0.00');
  });
});

describe('several credits', () => {
  const month = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '62')])]);
  const half = { ...month, discounts: [discount({ percent: '50' })] };

  it('each count against what the charges came to when they were written', () => {
    const paid = written(half);
    const ten = credited(paid[0] as Keyed, 10 / 62);
    const dearer = keyed(compute(after(month, paid, ten)).lines);
    expect(total(after(month, paid, ten))).toBe('31.00');
    const cent = credited(paid[0] as Keyed, 0.01 / 62);
    expect(shown(after(month, paid, ten, dearer, cent))).toEqual([]);
    expect(total(after(half, paid, ten, dearer, cent))).toBe('-30.99');
    expect(proven(after(half, paid, ten, dearer, cent))).toBe(true);
  });

  it('stay when the cents of their taxes do not add up to the share of all', () => {
    const odd = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '0.97', 1, '15')])]);
    const paid = written(odd);
    const notes = Array.from({ length: 6 }, () => credited(paid[0] as Keyed, 0.03 / 0.97));
    expect(notes.flat().map(({ taxes: [tax] }) => tax?.amount)).toEqual(Array.from({ length: 6 }, () => '-0.00'));
    expect(shown(after(odd, paid, ...notes))).toEqual([]);
  });
});
