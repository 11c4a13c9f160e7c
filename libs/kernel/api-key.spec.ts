import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatApiKey, maskApiKey, newApiKey, parseApiKey } from './api-key.js';
import { base62Encode, base62FromBytes, checksum62, crc32 } from './base62.js';

const bytes = fc.uint8Array({ minLength: 48, maxLength: 48 });

describe('base62', () => {
  it('matches known values', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(base62Encode(0n)).toBe('0');
    expect(base62Encode(61n)).toBe('z');
    expect(base62Encode(62n, 4)).toBe('0010');
    expect(checksum62('')).toBe('000000');
  });

  it('refuses too little randomness and spreads evenly', () => {
    expect(() => base62FromBytes(new Uint8Array(8), 8)).toThrow(RangeError);
    expect(base62FromBytes(new Uint8Array(14).fill(255), 8)).toHaveLength(8);
  });
});

describe('API keys', () => {
  it('round-trip, live and test', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (random, test) => {
        const parts = newApiKey(random, { test });
        const key = formatApiKey(parts);
        expect(key).toMatch(test ? /^test_isp_[0-9A-Za-z]{46}$/ : /^isp_[0-9A-Za-z]{46}$/);
        expect(parseApiKey(key)).toEqual(parts);
      }),
    );
  });

  it('do not survive one changed, lost or added character', () => {
    const key = formatApiKey(
      newApiKey(
        Uint8Array.from({ length: 48 }, (_, index) => index * 5),
        { test: false },
      ),
    );
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'A' ? 'B' : 'A';
      expect(parseApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBeUndefined();
      expect(parseApiKey(key.slice(0, index) + key.slice(index + 1))).toBeUndefined();
    }
    expect(parseApiKey(`test_${key}`)).toBeUndefined();
    expect(parseApiKey(`${key}\n`)).toBeUndefined();
    expect(parseApiKey('')).toBeUndefined();
  });

  it('mask to the start of the public id', () => {
    expect(maskApiKey({ test: false, publicId: 'abc123Zz' })).toBe('isp_abc123...');
    expect(maskApiKey({ test: true, publicId: 'abc123Zz' })).toBe('test_isp_abc123...');
  });

  it('take exactly their bytes', () => {
    expect(() => newApiKey(new Uint8Array(47), { test: false })).toThrow(RangeError);
  });
});
