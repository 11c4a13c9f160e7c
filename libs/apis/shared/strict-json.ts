import { defineErrors } from '@isp/kernel';
import type { DomainError } from '@isp/kernel';

/** What a body may hold at most. Counted before anything is built from it. */
export interface JsonLimits {
  readonly depth: number;
  readonly arrayItems: number;
  readonly objectKeys: number;
  /** UTF-16 code units, after unescaping. */
  readonly stringLength: number;
  /** Numbers such as `1e3`, which nobody can tell from 1000 once they are parsed; `refused` also refuses numbers that a
   *  double would round. */
  readonly exponents: 'allowed' | 'refused';
}

export const JSON_LIMITS: JsonLimits = {
  depth: 32,
  arrayItems: 1000,
  objectKeys: 1000,
  stringLength: 10_000,
  exponents: 'allowed',
};

export const jsonErrors = defineErrors({
  'http.body.malformed': { kind: 'validation', message: 'The body is not valid JSON.' },
  'http.body.invalid_encoding': { kind: 'validation', message: 'The body must be UTF-8 without a byte order mark.' },
  'http.body.invalid_character': { kind: 'validation', message: 'Text must not contain {what}.' },
  'http.body.too_deep': { kind: 'validation', message: 'The body is nested deeper than {limit} levels.' },
  'http.body.duplicate_key': { kind: 'validation', message: 'An object names a field twice.' },
  'http.body.forbidden_key': { kind: 'validation', message: 'An object has a field with a forbidden name.' },
  'http.body.too_many_items': { kind: 'validation', message: 'A list has more than {limit} items.' },
  'http.body.too_many_keys': { kind: 'validation', message: 'An object has more than {limit} fields.' },
  'http.body.string_too_long': { kind: 'validation', message: 'A text is longer than {limit} characters.' },
  'http.body.exponent': { kind: 'validation', message: 'Numbers must be written without an exponent.' },
  'http.body.number_out_of_range': { kind: 'validation', message: 'A number is out of range, or has too many digits.' },
});

type JsonErrorCode = Parameters<typeof jsonErrors>[0];

const EXACT_DIGITS = 15;
const MAX_NUMBER_LENGTH = 40;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const enum Char {
  Quote = 0x22,
  Comma = 0x2c,
  Minus = 0x2d,
  Zero = 0x30,
  Nine = 0x39,
  Colon = 0x3a,
  OpenBracket = 0x5b,
  Backslash = 0x5c,
  CloseBracket = 0x5d,
  LowerE = 0x65,
  LowerU = 0x75,
  OpenBrace = 0x7b,
  CloseBrace = 0x7d,
}

interface Frame {
  readonly isArray: boolean;
  /** Commas seen in an array. */
  items: number;
  readonly keys: Set<string>;
  key: string;
  expectsKey: boolean;
  /** The object under a key `constructor`. */
  readonly isConstructor: boolean;
}

/**
 * Parses a request body as JSON, refusing what parsers disagree about or what hurts further in: invalid UTF-8, a byte
 * order mark, lone surrogates, NUL, duplicate keys, `__proto__` and `constructor.prototype`, numbers beyond a double,
 * and whatever exceeds the limits. One linear pass before `JSON.parse`, without recursion.
 * @throws DomainError of kind `validation`, code `http.body.…`; `details` point at the field where there is one.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): unknown {
  const text = decode(bytes);
  new Scanner(text, limits).run();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw jsonErrors('http.body.malformed');
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw jsonErrors('http.body.invalid_encoding');
  try {
    return utf8.decode(bytes);
  } catch {
    throw jsonErrors('http.body.invalid_encoding');
  }
}

/**
 * Looks at strings, brackets, commas, colons and numbers only: whether they stand where they may is for `JSON.parse`
 * to say, which runs on everything that passes here.
 */
class Scanner {
  private at = 0;
  private readonly frames: Frame[] = [];

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  run(): void {
    const { text } = this;
    while (this.at < text.length) {
      const char = text.charCodeAt(this.at);
      if (char === Char.Quote) this.string();
      else if (char === Char.Minus || (char >= Char.Zero && char <= Char.Nine)) this.number();
      else {
        this.at += 1;
        this.structure(char);
      }
    }
  }

  private structure(char: number): void {
    const frame = this.frames[this.frames.length - 1];
    if (char === Char.OpenBrace || char === Char.OpenBracket) this.open(char === Char.OpenBracket, frame);
    else if (char === Char.CloseBrace || char === Char.CloseBracket) this.frames.pop();
    else if (char === Char.Comma && frame) this.comma(frame);
    else if (char === Char.Colon && frame) frame.expectsKey = false;
  }

  private open(isArray: boolean, parent: Frame | undefined): void {
    if (this.frames.length >= this.limits.depth) throw this.refuse('http.body.too_deep', { limit: this.limits.depth });
    const isConstructor = !isArray && parent?.isArray === false && parent.key === 'constructor';
    this.frames.push({ isArray, items: 0, keys: new Set(), key: '', expectsKey: !isArray, isConstructor });
  }

  private comma(frame: Frame): void {
    frame.expectsKey = !frame.isArray;
    frame.items += 1;
    if (frame.isArray && frame.items >= this.limits.arrayItems) {
      throw this.refuse('http.body.too_many_items', { limit: this.limits.arrayItems });
    }
  }

  private string(): void {
    const start = this.at;
    const escaped = this.skipString();
    const frame = this.frames[this.frames.length - 1];
    if (!frame?.expectsKey) return;
    frame.expectsKey = false;
    this.key(frame, escaped ? unescape(this.text.slice(start, this.at)) : this.text.slice(start + 1, this.at - 1));
  }

  private key(frame: Frame, key: string): void {
    if (key === '__proto__' || (frame.isConstructor && key === 'prototype')) {
      throw this.refuse('http.body.forbidden_key');
    }
    frame.key = key;
    if (frame.keys.has(key)) throw this.refuse('http.body.duplicate_key');
    frame.keys.add(key);
    if (frame.keys.size > this.limits.objectKeys) {
      throw this.refuse('http.body.too_many_keys', { limit: this.limits.objectKeys });
    }
  }

  /** Moves behind the closing quote; true when the string has escapes. */
  private skipString(): boolean {
    const { text } = this;
    let at = this.at + 1;
    let length = 0;
    let escaped = false;
    for (; ; at += 1, length += 1) {
      if (length > this.limits.stringLength) {
        throw this.refuse('http.body.string_too_long', { limit: this.limits.stringLength });
      }
      if (at >= text.length) throw jsonErrors('http.body.malformed');
      const char = text.charCodeAt(at);
      if (char === Char.Quote) break;
      if (char === 0) throw this.refuse('http.body.invalid_character', { what: 'NUL' });
      if (char !== Char.Backslash) continue;
      escaped = true;
      at += 1;
      if (text.charCodeAt(at) !== Char.LowerU) continue;
      const pair = this.unicodeEscape(at + 1);
      length += pair ? 1 : 0;
      at += pair ? 10 : 4;
    }
    this.at = at + 1;
    return escaped;
  }

  /** Checks the four digits at `at`; true when they and the escape behind them make a surrogate pair. */
  private unicodeEscape(at: number): boolean {
    const unit = this.hex(at);
    if (unit === 0) throw this.refuse('http.body.invalid_character', { what: 'NUL' });
    if (unit < 0xd800 || unit > 0xdfff) return false;
    const follows = this.text.charCodeAt(at + 4) === Char.Backslash && this.text.charCodeAt(at + 5) === Char.LowerU;
    const low = unit < 0xdc00 && follows ? this.hex(at + 6) : 0;
    if (low < 0xdc00 || low > 0xdfff) throw this.refuse('http.body.invalid_character', { what: 'lone surrogates' });
    return true;
  }

  private hex(at: number): number {
    const digits = this.text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw jsonErrors('http.body.malformed');
    return parseInt(digits, 16);
  }

  private number(): void {
    const start = this.at;
    do this.at += 1;
    while (isNumberChar(this.text.charCodeAt(this.at)));
    // Up to 15 digits every decimal survives a double, and nothing else needs a look.
    if (this.at - start <= EXACT_DIGITS && !/[eE]/.test(this.text.slice(start, this.at))) return;
    const written = this.text.slice(start, this.at);
    const exponent = /[eE]/.test(written);
    if (exponent && this.limits.exponents === 'refused') throw this.refuse('http.body.exponent');
    if (Math.abs(Number(written)) === Infinity) throw this.refuse('http.body.number_out_of_range');
    if (this.limits.exponents === 'refused' && !survives(written)) throw this.refuse('http.body.number_out_of_range');
  }

  private refuse(code: JsonErrorCode, params: Record<string, string | number> = {}): DomainError {
    const field = this.frames
      .map((frame) => (frame.isArray ? String(frame.items) : frame.key))
      .filter((part) => part !== '')
      .join('.')
      .slice(0, 200);
    const error = jsonErrors(code, params);
    return field === '' ? error : jsonErrors(code, params, { details: [{ field, message: error.message }] });
  }
}

/** Whether a number written without exponent is still the same after it was parsed. */
function survives(written: string): boolean {
  if (written.length > MAX_NUMBER_LENGTH) return false;
  const shortest = written.includes('.') ? written.replace(/\.?0+$/, '') : written;
  return String(Number(written)) === shortest || shortest.replace(/\D/g, '').replace(/^0+/, '').length <= EXACT_DIGITS;
}

function isNumberChar(char: number): boolean {
  const digit = char >= Char.Zero && char <= Char.Nine;
  return digit || char === Char.Minus || char === 0x2b || char === 0x2e || char === 0x45 || char === Char.LowerE;
}

function unescape(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw jsonErrors('http.body.malformed');
  }
}
