import { describe, expect, it } from '@jest/globals';
import { RadiusVault } from './radius-vault.js';

const KEY = Buffer.alloc(16, 'ab').toString('hex').slice(0, 32);
const encoded = (text: string): string => Buffer.from(text).toString('base64');
const vault = (keys = encoded(KEY)): RadiusVault => new RadiusVault({ ISP_RADIUS_KEY: keys, ISP_MASTER_KEYS: '' });
const HERE = { subscriberOf: 7 };

describe('RadiusVault', () => {
  it('opens what it sealed, which never looks the same', () => {
    const [one, other] = [vault().seal('pässword', HERE), vault().seal('pässword', HERE)];
    expect(one.equals(other)).toBe(false);
    expect([vault().open(one, HERE), vault().open(other, HERE)]).toEqual(['pässword', 'pässword']);
  });

  it('opens nothing in another place', () => {
    const sealed = vault().seal('password', HERE);
    expect(() => vault().open(sealed, { subscriberOf: 8 })).toThrow('cannot be read');
    expect(() => vault().open(sealed, { nas: 7 })).toThrow('cannot be read');
  });

  it('opens nothing that was altered in any byte, or cut', () => {
    const sealed = vault().seal('password', HERE);
    for (const at of sealed.keys()) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(() => vault().open(altered, HERE)).toThrow('cannot be read');
    }
    for (const length of [0, 5, 68, sealed.length - 1])
      expect(() => vault().open(sealed.subarray(0, length), HERE)).toThrow('cannot be read');
  });

  it('seals under the newest key and opens under all', () => {
    const newer = encoded(KEY.split('').reverse().join(''));
    const old = vault().seal('password', HERE);
    const both = vault(`${newer},${encoded(KEY)}`);
    expect(both.open(old, HERE)).toBe('password');
    expect(() => vault().open(both.seal('password', HERE), HERE)).toThrow('cannot be read');
    expect(old.subarray(0, 5).equals(both.activeHead)).toBe(false);
  });
});
