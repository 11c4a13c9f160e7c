import { describe, expect, it } from '@jest/globals';
import { hideCardNumbers, holdsCardNumber } from './card-number.js';

describe('card numbers in text', () => {
  it.each([
    '4242424242424242',
    'my card is 4111 1111 1111 1111 12/27',
    '5555-5555-5555-4444',
    'amex 378282246310005!',
    '12 4242 4242 4242 4242',
    '4242.4242.4242.4242',
    '4242/4242/4242/4242',
    '4242\u00a04242\u00a04242\u00a04242',
    '４２４２４２４２４２４２４２４２',
    'IBAN DE89 3704 0044 0532 0130 00 or 4242 4242 4242 4242',
    '4242 4242-4242 4242',
    '4242  4242\t4242\n4242',
    '4242\u20114242\u20134242 \u2014 4242',
    '4242\u200b4242\u200b4242\u200b4242',
    '3782 822463 10005',
    '3056 930902 5904',
    '1111 2222 3333 4242 4242 4242 4242',
    '6212 3456 7890 0000 003',
    '٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢',
    '४२४२४२४२४२४२४२४२',
    '2223 0031 2200 3222',
  ])('are found in %s', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });
  it.each([
    '4242424242424241',
    'INV-2025-000123',
    '+1 202 555 0123',
    '1234567890123',
    'DE89 3704 0044 0532 0130 00',
    // Its digits pass for those of a card.
    'DE65 4242 4242 4242 4242 00',
    // A telephone, and a router.
    '4915112345678',
    '490154203237518',
    '2026-11-01 2026-11-30',
    '45.67.89.100 203.0.113.55',
    'de65 4242 4242 4242 4242 00',
    'DE65-4242-4242-4242-4242-00',
    // Lists of short numbers, an object identifier, a coordinate, two telephones, the number of an order.
    '42 42 42 42 42 42 42 42',
    '424 242 424 242 424 2',
    '1.3.6.1.4.1.4242.4242.4242.42',
    '45.4242424242424242',
    '0170 4242424 0170 2424242',
    '2026 0101 0000 0001',
    '2026010100000001',
    '2026010100000019',
    '42424242-4242-4242-4242-424242424242',
    '',
  ])('are not found in %s', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });
  it('are hidden but for the last four digits', () => {
    expect(hideCardNumbers('pay 4242 4242 4242 4242 and 5555555555554444 for INV-2025-000001')).toBe(
      'pay **** **** **** 4242 and ************4444 for INV-2025-000001',
    );
  });

  it.each(['1 ', '4-1 ', '4242 ', '4', 'DE12 '])('are looked for in a megabyte of "%s"', (part) => {
    // In time with the square of its length it would take hours.
    expect(holdsCardNumber(part.repeat(1_000_000 / part.length))).toBe(part === '4242 ');
  });
});
