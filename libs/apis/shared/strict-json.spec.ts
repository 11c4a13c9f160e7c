import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '@isp/kernel';
import { JSON_LIMITS, parseStrictJson } from './strict-json.js';

function refusal(body: string | Uint8Array): DomainError {
  try {
    parseStrictJson(typeof body === 'string' ? Buffer.from(body) : body);
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'validation') return error;
    throw error;
  }
  throw new Error(`accepted: ${String(body).slice(0, 80)}`);
}

const code = (body: string | Uint8Array) => refusal(body).code;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('parseStrictJson', () => {
  it('gives what JSON.parse gives, for every value within the limits', () => {
    const forbidden = new Set(['__proto__', 'prototype', 'constructor']);
    const clean = (value: unknown): boolean =>
      typeof value !== 'object' || value === null
        ? typeof value !== 'string' || !value.includes('\0')
        : Object.entries(value).every(([key, item]) => !forbidden.has(key) && !key.includes('\0') && clean(item));
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary', maxDepth: 20 }), fc.boolean(), (json, pretty) => {
        fc.pre(clean(JSON.parse(json)));
        const text = pretty ? JSON.stringify(JSON.parse(json), null, 2) : json;
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('never accepts what JSON.parse refuses, and throws nothing but coded refusals', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '"a"',
      '\\',
      '\\u',
      '00',
      '1',
      '-',
      'e9',
      'true',
      ' ',
      'd8',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          expect(refusal(text).code).toMatch(/^http\.body\./);
          return;
        }
        try {
          expect(parseStrictJson(Buffer.from(text))).toEqual(parsed);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":}',
    '[1,]',
    'NaN',
    '01',
    "{'a':1}",
    '"abc',
    '"\\x"',
    '"\\u12"',
    '{"a":1}x',
    '[1]]',
    '"\t"',
    'undefined',
  ])('calls %j malformed', (text) => expect(code(text)).toBe('http.body.malformed'));

  it('refuses other encodings', () => {
    const bad = [
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xe2, 0x82],
      [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
    ];
    for (const bytes of bad) expect(code(Uint8Array.from(bytes))).toBe('http.body.invalid_encoding');
  });

  it('refuses NUL and lone surrogates, escaped or not, in values and keys', () => {
    const lone = [
      '"\\ud800"',
      '"\\udc00"',
      '"\\udc00\\ud800"',
      '"\\ud800\\ud800"',
      '"\\ud800a"',
      '{"\\uD83D":1}',
      '["\\ud83d\\n"]',
    ];
    for (const text of lone) {
      expect(code(text)).toBe('http.body.invalid_character');
      expect(refusal(text).message).toContain('surrogates');
    }
    for (const text of ['"\\u0000"', '"a\0b"', '{"\\u0000":1}']) expect(refusal(text).message).toContain('NUL');
    expect(parseStrictJson(Buffer.from('"\\ud83d\\ude00 \\\\u0000 😀"'))).toBe('😀 \\u0000 😀');
  });

  it('refuses a key named twice, however it is written, and says where', () => {
    expect(code('{"a":1,"a":2}')).toBe('http.body.duplicate_key');
    expect(code('{"a":1,"\\u0061":2}')).toBe('http.body.duplicate_key');
    expect(code('{"":1,"":2}')).toBe('http.body.duplicate_key');
    expect(refusal('{"x":[{"y":1},{"y":1,"y":1}]}').details[0]?.field).toBe('x.1.y');
    expect(parseStrictJson(Buffer.from('[{"a":1},{"a":"a"},{"b":{"a":1},"a":2}]'))).toHaveLength(3);
  });

  it('refuses keys that reach for prototypes', () => {
    for (const text of ['{"__proto__":{}}', '{"a":[{"__proto__":1}]}', '{"__pr\\u006fto__":1}']) {
      expect(code(text)).toBe('http.body.forbidden_key');
    }
    expect(code('{"constructor":{"prototype":{"polluted":1}}}')).toBe('http.body.forbidden_key');
    expect(code('{"constructor":{"a":{},"prototype":1}}')).toBe('http.body.forbidden_key');
    expect(parseStrictJson(Buffer.from('{"constructor":"Bob","prototype":1}'))).toBeDefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('holds each limit exactly', () => {
    const list = (items: number) => JSON.stringify(Array.from({ length: items }, () => 1));
    const object = (keys: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])));
    expect(parseStrictJson(Buffer.from(nested(32)))).toBeDefined();
    expect(code(nested(33))).toBe('http.body.too_deep');
    expect(parseStrictJson(Buffer.from(list(1000)))).toHaveLength(1000);
    expect(code(list(1001))).toBe('http.body.too_many_items');
    expect(parseStrictJson(Buffer.from(object(1000)))).toBeDefined();
    expect(code(object(1001))).toBe('http.body.too_many_keys');
    for (const unit of ['a', 'é', '\\n', '\\u00e9']) {
      expect(parseStrictJson(Buffer.from(`"${unit.repeat(10_000)}"`))).toHaveLength(10_000);
      expect(code(`"${unit.repeat(10_001)}"`)).toBe('http.body.string_too_long');
    }
    expect(parseStrictJson(Buffer.from(`"${'\\ud83d\\ude00'.repeat(5000)}"`))).toHaveLength(10_000);
    expect(code(`"${'\\ud83d\\ude00'.repeat(5001)}"`)).toBe('http.body.string_too_long');
    expect(parseStrictJson(Buffer.from(list(5)), { ...JSON_LIMITS, arrayItems: 5 })).toHaveLength(5);
    expect(parseStrictJson(Buffer.from('1e3'))).toBe(1000);
    expect(() => parseStrictJson(Buffer.from('{"a":1e3}'), { ...JSON_LIMITS, exponents: 'refused' })).toThrow(
      'exponent',
    );
    expect(parseStrictJson(Buffer.from('{"e":"1e3"}'), { ...JSON_LIMITS, exponents: 'refused' })).toEqual({ e: '1e3' });
    expect(code('[1e400]')).toBe('http.body.number_out_of_range');
    expect(code('9'.repeat(400))).toBe('http.body.number_out_of_range');
  });

  it('refuses hostile bodies in linear time', () => {
    const keys = Buffer.from(`{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":0`).join()}}`);
    const sameKeys = Buffer.from(`{${'"a":{},'.repeat(1_000_000)}"b":1}`);
    const bodies = [
      keys,
      sameKeys,
      nested(50_000),
      nested(1_000_000),
      '{"a":'.repeat(50_000),
      `"${'\\'.repeat(5_000_001)}`,
      '-'.repeat(5_000_000),
      '1'.repeat(5_000_000),
    ];
    for (const body of bodies) {
      const bytes = Buffer.from(body);
      const before = process.cpuUsage();
      expect(code(bytes)).toMatch(/^http\.body\./);
      // Processor time, not the clock's: anything quadratic over these megabytes takes minutes of it, and a busy machine
      // makes half a second of it two.
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(10_000);
    }
  });
});
