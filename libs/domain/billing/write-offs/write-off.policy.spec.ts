import { describe, expect, it } from '@jest/globals';
import { Money } from '@isp/kernel';
import { type OpenDebt, type StandingWriteOff, reverseOf, taxShareOf } from './write-off.policy.js';

const usd = (amount: string): Money => Money.of(amount, 'USD');
const debt: OpenDebt = {
  invoiceId: 1,
  excessOfId: null,
  accountId: 1,
  currency: 'USD',
  openAmount: '120',
  totalAmount: '120',
  taxAmount: '20',
  reclaimedTaxAmount: '0',
};

describe('the tax in a debt', () => {
  it('is in proportion to what is given up of it', () => {
    expect(taxShareOf(debt, usd('120')).toText()).toBe('20.00');
    expect(taxShareOf(debt, usd('60')).toText()).toBe('10.00');
    expect(taxShareOf(debt, usd('0.10')).toText()).toBe('0.02');
    expect(taxShareOf({ ...debt, currency: 'JPY' }, Money.of('100', 'JPY')).toText()).toBe('17');
  });

  it('is never claimed back twice, however often shares are rounded up', () => {
    const third = { ...debt, totalAmount: '0.03', taxAmount: '0.02' };
    const shares: string[] = [];
    let reclaimed = usd('0');
    for (let n = 0; n < 3; n += 1) {
      const share = taxShareOf({ ...third, reclaimedTaxAmount: reclaimed.toText() }, usd('0.01'));
      reclaimed = reclaimed.plus(share);
      shares.push(share.toText());
    }
    expect(shares).toEqual(['0.01', '0.01', '0.00']);
  });

  it('is nothing where nothing was taxed, or all of it was credited', () => {
    expect(taxShareOf({ ...debt, taxAmount: '0' }, usd('60')).isZero()).toBe(true);
    expect(taxShareOf({ ...debt, totalAmount: '0', taxAmount: '0' }, usd('60')).isZero()).toBe(true);
  });
});

describe('taking a write-off back', () => {
  const standing = (id: number, amount: string, tax: string, more: Partial<StandingWriteOff> = {}) => ({
    id,
    currency: 'USD',
    amount,
    reclaimedTaxAmount: tax,
    reversedAmount: '0',
    reversedTaxAmount: '0',
    ...more,
  });

  it('goes from one write-off to the next until there is enough', () => {
    expect(reverseOf([standing(2, '10', '2'), standing(1, '50', '0')], usd('25'))).toEqual([
      { writeOffId: 2, amount: '10.00', taxAmount: '2.00' },
      { writeOffId: 1, amount: '15.00', taxAmount: '0.00' },
    ]);
  });

  it('gives back exactly the tax that was claimed, in however many parts', () => {
    let one = standing(1, '10', '0.05');
    const taxes: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      const [part] = reverseOf([one], usd('1'));
      taxes.push(part?.taxAmount ?? '');
      one = {
        ...one,
        reversedAmount: usd(one.reversedAmount).plus(usd('1')).toText(),
        reversedTaxAmount: usd(one.reversedTaxAmount)
          .plus(usd(part?.taxAmount ?? '0'))
          .toText(),
      };
    }
    expect(Money.sum(taxes.map(usd), 'USD').toText()).toBe('0.05');
    expect(reverseOf([one], usd('1'))).toEqual([]);
  });

  it('never takes back more than was written off', () => {
    expect(reverseOf([standing(1, '10', '2', { reversedAmount: '4', reversedTaxAmount: '1' })], usd('99'))).toEqual([
      { writeOffId: 1, amount: '6.00', taxAmount: '1.00' },
    ]);
  });
});
