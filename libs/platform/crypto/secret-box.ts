import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { cryptoErrors } from './crypto.errors.js';
import { verifyKeyring } from './keyring.js';
import type { Keyring } from './keyring.js';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a secret is stored. A sealed text opens in that place only. */
export interface SecretContext {
  readonly table: string;
  readonly column: string;
  /** The row's primary key. */
  readonly row: string | number;
}

/**
 * Envelope encryption for columns: every value has a data key of its own, wrapped by a key of the keyring; both layers
 * are AES-256-GCM (NIST SP 800-38D) with version, key id and place as associated data. Text form:
 * `v1.<keyId>.<iv+wrapped data key+tag>.<iv>.<ciphertext+tag>`, the last three in base64url.
 */
export class SecretBox {
  private readonly keyring: Keyring;

  /** @throws DomainError `crypto.keyring.invalid` */
  constructor(keyring: Keyring) {
    this.keyring = verifyKeyring(keyring);
  }

  /** Seals text for one place under the active key; equal texts never look alike. */
  seal(plain: string, context: SecretContext): string {
    const { activeKeyId } = this.keyring;
    const place = associatedData(activeKeyId, context);
    const dataKey = randomBytes(KEY_BYTES);
    try {
      const wrapIv = randomBytes(IV_BYTES);
      const iv = randomBytes(IV_BYTES);
      const wrapped = Buffer.concat([wrapIv, encrypt(this.key(activeKeyId), wrapIv, dataKey, place)]);
      const body = encrypt(dataKey, iv, Buffer.from(plain, 'utf8'), place);
      return [VERSION, activeKeyId, ...[wrapped, iv, body].map((part) => part.toString('base64url'))].join('.');
    } finally {
      dataKey.fill(0);
    }
  }

  /**
   * @throws DomainError `crypto.secret.unreadable` when the text was altered, belongs to another place, or names a
   * version or key that is not known. What exactly failed is in `cause`, for the log.
   */
  open(sealed: string, context: SecretContext): string {
    try {
      return this.unwrap(sealed, context);
    } catch (cause) {
      throw cryptoErrors('crypto.secret.unreadable', {}, { cause });
    }
  }

  /** Whether `reseal` would move this text to another key. */
  needsReseal(sealed: string): boolean {
    return sealed.split('.')[1] !== this.keyring.activeKeyId;
  }

  /** Seals again under the active key (rotation); what is sealed under it already comes back as it is, once checked. */
  reseal(sealed: string, context: SecretContext): string {
    const plain = this.open(sealed, context);
    return this.needsReseal(sealed) ? this.seal(plain, context) : sealed;
  }

  private unwrap(sealed: string, context: SecretContext): string {
    const [version, keyId, ...encoded] = sealed.split('.');
    if (version !== VERSION || keyId === undefined || encoded.length !== 3) throw new Error('unknown format');
    const [wrapped, iv, body] = encoded.map(decode) as [Buffer, Buffer, Buffer];
    const place = associatedData(keyId, context);
    const dataKey = decrypt(this.key(keyId), wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES), place);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decrypt(dataKey, iv, body, place));
    } finally {
      dataKey.fill(0);
    }
  }

  private key(id: string): Buffer {
    const key = this.keyring.keys.get(id);
    if (!key) throw new Error('unknown key id');
    return key;
  }
}

/** JSON keeps the parts apart whatever they contain. */
function associatedData(keyId: string, { table, column, row }: SecretContext): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, table, column, String(row)]));
}

function encrypt(key: Buffer, iv: Buffer, plain: Buffer, place: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(place);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, iv: Buffer, sealed: Buffer, place: Buffer): Buffer {
  if (iv.length !== IV_BYTES || sealed.length < TAG_BYTES) throw new Error('truncated');
  const split = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(place).setAuthTag(sealed.subarray(split));
  return Buffer.concat([decipher.update(sealed.subarray(0, split)), decipher.final()]);
}

/** Node's decoder forgives; two texts must never mean the same bytes. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('not canonical base64url');
  return bytes;
}
