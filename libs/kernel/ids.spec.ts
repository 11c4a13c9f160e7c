import { describe, expect, it } from '@jest/globals';
import { isUuid, normaliseUuid, parseIntId, upperUuid } from './ids.js';

const LOWER = '0192c0de-7f3a-7abc-8def-0123456789ab';

describe('ids', () => {
  it('reads UUIDs in either case', () => {
    expect(normaliseUuid(LOWER.toUpperCase())).toBe(LOWER);
    expect(upperUuid(LOWER)).toBe('0192C0DE-7F3A-7ABC-8DEF-0123456789AB');
    for (const bad of [
      '',
      `{${LOWER}}`,
      LOWER.replaceAll('-', ''),
      `${LOWER}\n`,
      `${LOWER}0`,
      LOWER.replace('0', 'g'),
    ]) {
      expect(isUuid(bad)).toBe(false);
      expect(normaliseUuid(bad)).toBeUndefined();
    }
  });

  it('reads positive 32-bit ids only', () => {
    expect(parseIntId('1')).toBe(1);
    expect(parseIntId('2147483647')).toBe(2147483647);
    for (const bad of [
      '0',
      '-1',
      '+1',
      '01',
      '1.0',
      '1e3',
      ' 1',
      '1\n',
      '',
      '0x1',
      '2147483648',
      '9'.repeat(30),
      '١',
      '..%2f',
    ]) {
      expect(parseIntId(bad)).toBeUndefined();
    }
  });
});
