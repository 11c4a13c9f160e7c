import { describe, expect, it } from '@jest/globals';
import { isTooLong, passwordIssues, passwordText } from './password.policy.js';

const ok = (password: string, taken: string[] = []): boolean => passwordIssues(password, taken).length === 0;

describe('password rules', () => {
  it('bounds the length in characters, not in code units', () => {
    expect(ok('abcdefghijk')).toBe(false);
    expect(ok('abcdefghijkl')).toBe(true);
    expect(ok('ab'.repeat(64).replace('b', 'c'))).toBe(true);
    expect(ok(`${'ab'.repeat(64).replace('b', 'c')}x`)).toBe(false);
    expect(ok('😀😃😄😁')).toBe(false);
    expect(isTooLong('x'.repeat(129))).toBe(true);
    expect(isTooLong('x'.repeat(10_000_000))).toBe(true);
  });

  it('refuses log-in names and the old password in any case, and one character over and over', () => {
    expect(ok('Ada@Example.com', ['ada@example.com'])).toBe(false);
    expect(ok('old password 1', ['Old Password 1'])).toBe(false);
    expect(ok('aaaaaaaaaaaa')).toBe(false);
  });

  it('takes two spellings of one character as the same', () => {
    expect(passwordText('cafe\u0301')).toBe(passwordText('caf\u00e9'));
  });
});
