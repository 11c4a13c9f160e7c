import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA256 (RFC 2104) in lower-case hex; text is taken as UTF-8. */
export function hmacSha256Hex(key: Uint8Array | string, data: Uint8Array | string): string {
  return createHmac('sha256', key).update(data).digest('hex');
}

/**
 * A key for one purpose from a master key: HKDF-SHA256 (RFC 5869) with the label as info. The same label always gives
 * the same key, and no label's key tells anything about another's.
 */
export function deriveKey(master: Uint8Array, label: string, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), label, length));
}

/** Compares secrets in a time that depends on neither their content nor where they differ. */
export function timingSafeEqualText(left: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}
