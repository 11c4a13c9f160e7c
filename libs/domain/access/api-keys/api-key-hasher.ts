import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { deriveKey, hmacSha256Hex, parseKeyring, timingSafeEqualText } from '@isp/platform/crypto';

export interface ApiKeyDigest {
  /** HMAC-SHA256 of the whole key, in hex. */
  readonly hmac: string;
  /** The master key that the HMAC's key is derived from. */
  readonly keyId: string;
}

/** Digests of API keys under keys derived from the master keys: a copy of the database alone verifies nothing. */
@Injectable()
export class ApiKeyHasher {
  private readonly keys: ReadonlyMap<string, Buffer>;
  readonly activeKeyId: string;

  constructor(@Inject(CONFIG) config: Config) {
    const keyring = parseKeyring(config.ISP_MASTER_KEYS);
    this.activeKeyId = keyring.activeKeyId;
    this.keys = new Map([...keyring.keys].map(([id, master]) => [id, deriveKey(master, 'access/api-keys')]));
  }

  digest(apiKey: string): ApiKeyDigest {
    return { hmac: hmacSha256Hex(this.keys.get(this.activeKeyId) as Buffer, apiKey), keyId: this.activeKeyId };
  }

  /** False also when the master key of the digest is no longer configured. */
  matches(apiKey: string, digest: ApiKeyDigest): boolean {
    const key = this.keys.get(digest.keyId);
    return key !== undefined && timingSafeEqualText(hmacSha256Hex(key, apiKey), digest.hmac);
  }
}
