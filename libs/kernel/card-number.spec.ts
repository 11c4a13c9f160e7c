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
    '',
  ])('are not found in %s', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });
  it('are hidden but for the last four digits', () => {
    expect(hideCardNumbers('pay 4242 4242 4242 4242 and 5555555555554444 for INV-2025-000001')).toBe(
      'pay **** **** **** 4242 and ************4444 for INV-2025-000001',
    );
  });
});
