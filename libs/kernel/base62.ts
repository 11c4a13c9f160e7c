const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** A non-negative integer in base62 (digits, upper case, lower case), left-padded with `0` to `length`. */
export function base62Encode(value: bigint, length = 1): string {
  if (value < 0n) throw new RangeError('base62 has no sign');
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = `${ALPHABET[Number(rest % 62n)]}${text}`;
  return text.padStart(length, '0');
}

/**
 * `length` uniform base62 characters from random bytes. Needs 64 bits more than the characters hold, which makes the
 * bias of the remainder immeasurable.
 * @throws RangeError on too few bytes.
 */
export function base62FromBytes(bytes: Uint8Array, length: number): string {
  if (bytes.length * 8 < length * Math.log2(62) + 64) throw new RangeError(`Too few bytes for ${length} characters`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return base62Encode(value % 62n ** BigInt(length), length);
}

/** CRC-32 (ISO-HDLC, as zip and PNG use it) of the text's UTF-8 bytes. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** CRC-32 as 6 base62 characters: finds typing errors, proves nothing. */
export function checksum62(text: string): string {
  return base62Encode(BigInt(crc32(text)), 6);
}
