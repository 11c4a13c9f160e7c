import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Money,
  allocate,
  currencyDecimals,
  decimal,
  grossOf,
  parseDecimal,
  readAmount,
  roundHalfUp,
  taxOf,
} from './money.js';

const usd = (amount: string | number) => Money.of(amount, 'USD');

/** Integer model: half-up (away from zero) division. */
function divHalfUp(value: bigint, divisor: bigint): bigint {
  const sign = value < 0n ? -1n : 1n;
  return sign * ((value * sign * 2n + divisor) / (divisor * 2n));
}

describe('Money', () => {
  it('computes the golden invoices to the cent', () => {
    expect(taxOf(usd(79.99), 8).toJsonNumber()).toBe(6.4);
    expect(grossOf(usd(79.99), 8).toJsonNumber()).toBe(86.39);
    expect(grossOf(usd('477.3913'), 15).toText()).toBe('549.00');
    expect(taxOf(usd('477.3913'), 15).toText()).toBe('71.61');
  });

  it('adds what floats cannot', () => {
    expect(usd(0.1).plus(usd(0.2)).equals(usd('0.3'))).toBe(true);
    expect(usd('1.005').rounded().toText()).toBe('1.01');
    expect(usd('-1.005').rounded().toText()).toBe('-1.01');
    expect(usd('-0.001').toText()).toBe('0.00');
    expect(Object.is(usd('-0.001').toJsonNumber(), 0)).toBe(true);
  });

  it('knows the decimals of currencies', () => {
    expect(['USD', 'JPY', 'KWD', 'CLF'].map(currencyDecimals)).toEqual([2, 0, 3, 4]);
    expect(Money.of('10.5', 'JPY').toText()).toBe('11');
    expect(Money.of('1.2345', 'KWD').toText()).toBe('1.235');
    expect(Money.ofMinor(1234n, 'KWD').toText()).toBe('1.234');
    expect(usd('12.3456').toJsonNumber(4)).toBe(12.3456);
  });

  it('refuses to mix currencies, divide by zero and take nonsense', () => {
    expect(() => usd(1).plus(Money.of(1, 'EUR'))).toThrow(RangeError);
    expect(() => usd(1).dividedBy(0)).toThrow(RangeError);
    expect(() => usd('1e3')).toThrow(RangeError);
    expect(() => Money.of(1, 'usd')).toThrow(RangeError);
  });

  it('I7: agrees with an integer model over random lines and rates', () => {
    const line = fc.record({ price: fc.bigInt(-(10n ** 9n), 10n ** 9n), quantity: fc.integer({ min: 1, max: 999 }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 0, max: 30_000 }), (lines, rateMilli) => {
        const rate = decimal(rateMilli).dividedBy(1000);
        const nets = lines.map(({ price, quantity }) =>
          Money.of(decimal(price).dividedBy(10_000), 'USD').times(quantity).rounded(),
        );
        const taxes = nets.map((net) => taxOf(net, rate));
        const total = Money.sum([...nets, ...taxes], 'USD');
        let model = 0n;
        for (const { price, quantity } of lines) {
          const net = divHalfUp(price * BigInt(quantity), 100n);
          model += net + divHalfUp(net * BigInt(rateMilli), 100_000n);
        }
        expect(total.toMinor()).toBe(model);
        expect(
          Money.sum(
            nets.map((net) => grossOf(net, rate)),
            'USD',
          ).equals(total),
        ).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('round-trips minor units, text and JSON numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        const money = Money.ofMinor(minor, currency);
        expect(money.toMinor()).toBe(minor);
        expect(Money.of(money.toText(), currency).equals(money)).toBe(true);
        expect(Money.of(JSON.parse(JSON.stringify(money.toJsonNumber())) as number, currency).equals(money)).toBe(true);
      }),
    );
  });
});

describe('parseDecimal', () => {
  it.each(['1e3', '1E3', 'NaN', 'Infinity', '1,00', '+1', '.5', '5.', '', ' 1', '0x10', '1_000', '--1', '٣'])(
    'refuses %j',
    (text) => expect(parseDecimal(text)).toBeUndefined(),
  );

  it.each([NaN, Infinity, 1e21, 1e-7, 12345678901234567, true, null, undefined, [1], {}])(
    'refuses the value %p',
    (value) => expect(parseDecimal(value)).toBeUndefined(),
  );

  it('keeps every digit of text and has no negative zero', () => {
    expect(parseDecimal('123456789012345678901234567890.123456789012')?.toFixed()).toBe(
      '123456789012345678901234567890.123456789012',
    );
    expect(parseDecimal(-0)?.toFixed()).toBe('0');
    expect(parseDecimal('-0.00')?.toFixed()).toBe('0');
    expect(roundHalfUp('2.5', 0).toFixed()).toBe('3');
  });
});

describe('readAmount', () => {
  it('accepts what the currency can hold and names what is wrong', () => {
    expect(readAmount('10.50', { currency: 'USD' })).toMatchObject({ ok: true });
    expect(readAmount(0.005, { currency: 'USD' })).toEqual({
      ok: false,
      problem: 'must not have more than 2 decimals',
    });
    expect(readAmount('10.5', { currency: 'JPY' })).toMatchObject({ ok: false });
    expect(readAmount('1.2345', { currency: 'USD', decimals: 4 })).toMatchObject({ ok: true });
    expect(readAmount(-0.01, { currency: 'USD' })).toEqual({ ok: false, problem: 'must not be negative' });
    expect(readAmount(-0.01, { currency: 'USD', allowNegative: true })).toMatchObject({ ok: true });
    expect(readAmount('10000000000.00', { currency: 'USD' })).toMatchObject({ ok: true });
    expect(readAmount('10000000000.01', { currency: 'USD' })).toEqual({ ok: false, problem: 'is too large' });
    expect(readAmount(0.1 + 0.2, { currency: 'USD' })).toMatchObject({ ok: false });
  });
});

describe('allocate', () => {
  it('gives left-over cents to the largest remainders', () => {
    expect(allocate(usd('100.00'), [1, 1, 1]).map((part) => part.toText())).toEqual(['33.34', '33.33', '33.33']);
    expect(allocate(usd('-0.05'), [1, 1]).map((part) => part.toText())).toEqual(['-0.03', '-0.02']);
    expect(() => allocate(usd(1), [])).toThrow(RangeError);
    expect(() => allocate(usd(1), [1, -1])).toThrow(RangeError);
  });

  it('always adds up, and no part is a cent or more away from its share', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 10n), 10n ** 10n), weights, (minor, parts) => {
        const sum = parts.reduce((left, right) => left + right, 0);
        fc.pre(sum > 0);
        const split = allocate(Money.ofMinor(minor, 'USD'), parts).map((part) => part.toMinor());
        expect(split.reduce((left, right) => left + right, 0n)).toBe(minor);
        split.forEach((part, index) => {
          const off = part * BigInt(sum) - minor * BigInt(parts[index] as number);
          expect((off < 0n ? -off : off) < BigInt(sum)).toBe(true);
        });
      }),
    );
  });
});
