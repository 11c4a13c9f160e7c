import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { deriveKey, parseKeyring } from '@isp/platform/crypto';
import { networkErrors } from '../network.errors.js';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 16;
const MAC_BYTES = 32;
const HEAD_BYTES = 1 + KEY_ID_BYTES;
const SHORTEST = HEAD_BYTES + IV_BYTES + 16 + MAC_BYTES;

interface Keys {
  readonly id: Buffer;
  /** What people call it: the master key that it is derived from, or ISP_RADIUS_KEY and its place there. */
  readonly name: string;
  readonly encrypt: Buffer;
  readonly authenticate: Buffer;
}

/** Where a value is stored; it opens in that place only. */
export type RadiusPlace = { readonly subscriberOf: number } | { readonly nas: number };

/**
 * Secrets that the RADIUS server has to know in clear (CHAP and MS-CHAP demand it): AES-256-CBC, then HMAC-SHA-256 over
 * place and ciphertext (encrypt then MAC), in the form that `radius.open_secret` of the database opens with a key that
 * the RADIUS server brings along (ADR 12): `0x01 | key id (4) | iv (16) | ciphertext | MAC (32)`.
 */
@Injectable()
export class RadiusVault {
  private readonly keys: readonly Keys[];
  /** What the RADIUS server is given: base64 of 32 bytes each, comma separated, newest first. */
  readonly serverKeys: string;

  constructor(@Inject(CONFIG) config: Pick<Config, 'ISP_RADIUS_KEY' | 'ISP_MASTER_KEYS'>) {
    const raw = config.ISP_RADIUS_KEY ? ownKeys(config.ISP_RADIUS_KEY) : derivedKeys(config.ISP_MASTER_KEYS);
    this.keys = raw.map(({ name, key }) => ({
      name,
      id: deriveKey(key, 'radius/id').subarray(0, KEY_ID_BYTES),
      encrypt: deriveKey(key, 'radius/encrypt'),
      authenticate: deriveKey(key, 'radius/authenticate'),
    }));
    this.serverKeys = raw.map(({ key }) => key.toString('base64')).join(',');
  }

  /** Seals text for one place under the newest key; equal texts never look alike. */
  seal(plain: string, place: RadiusPlace): Buffer {
    const { id, encrypt, authenticate } = this.active;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-cbc', encrypt, iv);
    const body = Buffer.concat([Buffer.of(VERSION), id, iv, cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([body, macOf(authenticate, place, body)]);
  }

  /** @throws DomainError `network.secret.unreadable` when altered, moved, or sealed under a key that is not known */
  open(sealed: Buffer, place: RadiusPlace): string {
    const keys = this.keys.find(({ id }) => id.equals(sealed.subarray(1, HEAD_BYTES)));
    if (!keys || sealed.length < SHORTEST || sealed[0] !== VERSION) throw networkErrors('network.secret.unreadable');
    const body = sealed.subarray(0, -MAC_BYTES);
    if (!timingSafeEqual(macOf(keys.authenticate, place, body), sealed.subarray(-MAC_BYTES)))
      throw networkErrors('network.secret.unreadable');
    const decipher = createDecipheriv('aes-256-cbc', keys.encrypt, body.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES));
    return Buffer.concat([decipher.update(body.subarray(HEAD_BYTES + IV_BYTES)), decipher.final()]).toString('utf8');
  }

  /** The start of every value that is sealed under the newest key. */
  get activeHead(): Buffer {
    return Buffer.concat([Buffer.of(VERSION), this.active.id]);
  }

  /** The name of the key that values with this key id (hexadecimal) are sealed under. */
  keyName(id: string): string {
    return this.keys.find((keys) => keys.id.toString('hex') === id)?.name ?? `unknown-radius-key-${id}`;
  }

  private get active(): Keys {
    return this.keys[0] as Keys;
  }
}

interface NamedKey {
  readonly name: string;
  readonly key: Buffer;
}

function ownKeys(text: string): NamedKey[] {
  const name = (at: number): string => `ISP_RADIUS_KEY[${at}]`;
  return text.split(',').map((encoded, at) => ({ name: name(at), key: Buffer.from(encoded, 'base64') }));
}

function derivedKeys(keyring: string): NamedKey[] {
  const masters = [...parseKeyring(keyring).keys];
  return masters.map(([name, master]) => ({ name, key: deriveKey(master, 'network/radius') }));
}

function macOf(key: Buffer, place: RadiusPlace, body: Buffer): Buffer {
  const where =
    'nas' in place ? `devices.nas_secret:${place.nas}` : `subscribers.password_radius:${place.subscriberOf}`;
  return createHmac('sha256', key).update(where).update(Buffer.of(0)).update(body).digest();
}
