import { describe, expect, it } from '@jest/globals';
import { deriveKey, hmacSha256Hex, timingSafeEqualText } from './digest.js';

describe('digests', () => {
  it('match RFC 4231 case 2', () => {
    expect(hmacSha256Hex('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('derive independent keys', () => {
    const master = Buffer.alloc(32, 7);
    expect(deriveKey(master, 'api-keys')).toEqual(deriveKey(master, 'api-keys'));
    expect(deriveKey(master, 'api-keys')).not.toEqual(deriveKey(master, 'sessions'));
    expect(deriveKey(master, 'x', 64)).toHaveLength(64);
    // RFC 5869, test case 3 (no salt, no info).
    expect(deriveKey(Buffer.alloc(22, 0x0b), '', 42).toString('hex')).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  it('compare text of any lengths', () => {
    expect(timingSafeEqualText('secret', 'secret')).toBe(true);
    expect(timingSafeEqualText('secret', 'secre')).toBe(false);
    expect(timingSafeEqualText('', 'x')).toBe(false);
    expect(timingSafeEqualText('', '')).toBe(true);
  });
});
