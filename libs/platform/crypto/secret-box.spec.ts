import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '@isp/kernel';
import { parseKeyring } from './keyring.js';
import { SecretBox } from './secret-box.js';

const place = { table: 'service_credentials', column: 'pppoe_password', row: 42 };
const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');
const before = new SecretBox(parseKeyring(`old:${oldKey}`));
const during = new SecretBox(parseKeyring(`new:${newKey}, old:${oldKey}`));
const after = new SecretBox(parseKeyring(`new:${newKey}`));

function failure(act: () => unknown): DomainError {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('SecretBox', () => {
  it('opens what it sealed, in its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        expect(before.open(before.seal(plain, place), place)).toBe(plain);
      }),
      { numRuns: 200 },
    );
    expect(before.open(before.seal('', place), place)).toBe('');
  });

  it('never seals twice alike and never shows the text', () => {
    const texts = new Set(Array.from({ length: 100 }, () => before.seal('hunter2', place)));
    expect(texts.size).toBe(100);
    for (const text of texts) expect(text).toMatch(/^v1\.old(\.[A-Za-z0-9_-]+){3}$/);
  });

  it('fails closed on every changed, lost or swapped character', () => {
    const sealed = before.seal('hunter2', place);
    for (let index = 0; index < sealed.length; index += 1) {
      for (const other of ['A', 'B', '']) {
        if (other === sealed[index]) continue;
        const altered = sealed.slice(0, index) + other + sealed.slice(index + 1);
        expect(failure(() => before.open(altered, place)).code).toBe('crypto.secret.unreadable');
      }
    }
  });

  it('does not open in another table, column or row, nor with parts of another secret', () => {
    const sealed = before.seal('hunter2', place);
    const others = [
      { ...place, row: 43 },
      { ...place, column: 'wifi_password' },
      { ...place, table: 'devices' },
      { table: 'service_credentials","pppoe_password', column: '', row: 42 },
    ];
    for (const other of others) expect(failure(() => before.open(sealed, other)).code).toBe('crypto.secret.unreadable');
    const parts = sealed.split('.');
    const foreign = before.seal('other', place).split('.');
    for (const index of [2, 3, 4]) {
      const mixed = parts.map((part, at) => (at === index ? foreign[index] : part)).join('.');
      expect(failure(() => before.open(mixed, place)).code).toBe('crypto.secret.unreadable');
    }
    expect(before.open(sealed, { ...place, row: '42' })).toBe('hunter2');
  });

  it.each([
    '',
    '.',
    'v1.old..',
    'v1.old...',
    'v2.old.a.b.c',
    'v1.gone.AAAA.AAAA.AAAA',
    'hunter2',
    `${'v1.old.' + 'A'.repeat(80)}.A.A`,
  ])('refuses %j without repeating it', (text) => {
    const error = failure(() => before.open(text, place));
    expect(error.code).toBe('crypto.secret.unreadable');
    expect(error.kind).toBe('internal');
    expect(error.message).toBe('A stored secret cannot be read.');
  });

  it('rotates without downtime', () => {
    const sealed = before.seal('hunter2', place);
    expect(during.open(sealed, place)).toBe('hunter2');
    expect(during.needsReseal(sealed)).toBe(true);
    const moved = during.reseal(sealed, place);
    expect(during.needsReseal(moved)).toBe(false);
    expect(during.reseal(moved, place)).toBe(moved);
    expect(after.open(moved, place)).toBe('hunter2');
    expect(failure(() => after.open(sealed, place)).code).toBe('crypto.secret.unreadable');
    expect(failure(() => before.open(moved, place)).code).toBe('crypto.secret.unreadable');
    expect(failure(() => during.reseal(`${moved}A`, place)).code).toBe('crypto.secret.unreadable');
  });
});

describe('parseKeyring', () => {
  it('takes the first key as the active one', () => {
    const ring = parseKeyring(`b:${newKey},a:${oldKey}`);
    expect(ring.activeKeyId).toBe('b');
    expect([...ring.keys.keys()]).toEqual(['b', 'a']);
  });

  it.each([
    '',
    'a',
    `a:${oldKey},`,
    `a:${oldKey},a:${newKey}`,
    `a b:${oldKey}`,
    `a.b:${oldKey}`,
    `a:${randomBytes(16).toString('base64')}`,
    `a:${randomBytes(33).toString('base64')}`,
    `a:!!${oldKey}`,
    `a:${Buffer.alloc(32).toString('base64')}`,
  ])('refuses %j and keeps the key to itself', (text) => {
    const error = failure(() => parseKeyring(text));
    expect(error.code).toBe('crypto.keyring.invalid');
    expect(error.message).not.toContain(oldKey);
  });

  it('is checked again by the box', () => {
    expect(failure(() => new SecretBox({ activeKeyId: 'x', keys: new Map() })).code).toBe('crypto.keyring.invalid');
  });
});
