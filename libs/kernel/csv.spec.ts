import { describe, expect, it } from '@jest/globals';
import { csvText } from './csv.js';

const one = (value: string | number | null) =>
  csvText(['a'], [{ a: value }])
    .split('\r\n')
    .slice(1)
    .join('\r\n');

describe('csvText', () => {
  it.each([
    ['=1+1', `"'=1+1"\r\n`],
    ['+49 30', `"'+49 30"\r\n`],
    ['-2', `"'-2"\r\n`],
    ['@SUM(A1)', `"'@SUM(A1)"\r\n`],
    ['\t=1', `"'\t=1"\r\n`],
    ['\r=1', `"'\r=1"\r\n`],
  ])('makes %j plain text', (value, expected) => expect(one(value)).toBe(expected));

  it('writes numbers as numbers, also negative ones, and nothing for null', () => {
    expect([one(-12.5), one(0), one(null)]).toEqual(['-12.5\r\n', '0\r\n', '\r\n']);
  });

  it('quotes what has to be quoted', () => {
    expect([one('a,b'), one('say "x"'), one('two\nlines'), one(' edge'), one('plain')]).toEqual([
      '"a,b"\r\n',
      '"say ""x"""\r\n',
      '"two\nlines"\r\n',
      '" edge"\r\n',
      'plain\r\n',
    ]);
  });
});
