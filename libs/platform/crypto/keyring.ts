import { cryptoErrors } from './crypto.errors.js';

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Key encryption keys by id: one seals, all open. */
export interface Keyring {
  readonly activeKeyId: string;
  /** 32 bytes each. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

/**
 * Reads `id:base64key[,id:base64key…]`; the first key is the active one, the others still open what they sealed.
 * @throws DomainError `crypto.keyring.invalid`, which never repeats key material.
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(',').entries()) {
    const at = entry.indexOf(':');
    const id = at < 0 ? '' : entry.slice(0, at).trim();
    if (!KEY_ID.test(id)) throw invalid(`entry ${index + 1} is not id:key`);
    if (keys.has(id)) throw invalid(`key ${id} appears twice`);
    const encoded = entry.slice(at + 1).trim();
    const key = Buffer.from(encoded, 'base64');
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded) || key.length !== KEY_BYTES) {
      throw invalid(`key ${id} is not ${KEY_BYTES} bytes of base64`);
    }
    keys.set(id, key);
  }
  return verifyKeyring({ activeKeyId: keys.keys().next().value as string, keys });
}

/** @throws DomainError `crypto.keyring.invalid` when the active key is missing or a key is too short or worthless. */
export function verifyKeyring(keyring: Keyring): Keyring {
  if (!keyring.keys.has(keyring.activeKeyId)) throw invalid('its active key is missing');
  for (const [id, key] of keyring.keys) {
    if (!KEY_ID.test(id)) throw invalid('a key id has characters other than letters, digits, - and _');
    if (key.length !== KEY_BYTES) throw invalid(`key ${id} is not ${KEY_BYTES} bytes`);
    if (key.every((byte) => byte === key[0])) throw invalid(`key ${id} is one repeated byte`);
  }
  return keyring;
}

function invalid(problem: string) {
  return cryptoErrors('crypto.keyring.invalid', { problem });
}
