import { base62FromBytes, checksum62 } from './base62.js';

/** Characters of the public id, of the secret, and of the checksum behind the prefix. */
const PUBLIC_ID_LENGTH = 8;
const SECRET_LENGTH = 32;
const KEY = /^(test_)?isp_([0-9A-Za-z]{8})([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** Random bytes that `newApiKey` wants: 16 for the public id, 32 for the secret. */
export const API_KEY_RANDOM_BYTES = 48;

export interface ApiKeyParts {
  /** A sandbox key (`test_isp_…`). */
  readonly test: boolean;
  /** 8 base62 characters: what may be logged and looked up. */
  readonly publicId: string;
  /** 32 base62 characters, about 190 bits. */
  readonly secret: string;
}

/** Draws a fresh key from `API_KEY_RANDOM_BYTES` random bytes. @throws RangeError on any other number of bytes. */
export function newApiKey(random: Uint8Array, { test }: { readonly test: boolean }): ApiKeyParts {
  if (random.length !== API_KEY_RANDOM_BYTES) throw new RangeError(`An API key takes ${API_KEY_RANDOM_BYTES} bytes`);
  return {
    test,
    publicId: base62FromBytes(random.subarray(0, 16), PUBLIC_ID_LENGTH),
    secret: base62FromBytes(random.subarray(16), SECRET_LENGTH),
  };
}

/** The key as its holder sees it: prefix, public id, secret, checksum over all before it. */
export function formatApiKey(parts: ApiKeyParts): string {
  const body = `${parts.test ? 'test_' : ''}isp_${parts.publicId}${parts.secret}`;
  return `${body}${checksum62(body)}`;
}

/** The parts of a key; undefined when it is malformed or its checksum is wrong, so that a typo costs no look-up. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const match = KEY.exec(text);
  if (!match) return undefined;
  if (checksum62(text.slice(0, -6)) !== match[4]) return undefined;
  return { test: match[1] !== undefined, publicId: match[2] as string, secret: match[3] as string };
}

/** What may be shown of a key: `isp_abc123...`. */
export function maskApiKey({ test, publicId }: Pick<ApiKeyParts, 'test' | 'publicId'>): string {
  return `${test ? 'test_' : ''}isp_${publicId.slice(0, 6)}...`;
}
