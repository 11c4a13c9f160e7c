import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { API_KEY_RANDOM_BYTES, type Clock, formatApiKey, newApiKey } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import type { Tier } from '../authentication/credential.view.js';
import { ApiKeyHasher } from './api-key-hasher.js';
import { ApiKeyEntity } from './api-key.entity.js';

export interface NewApiKey {
  readonly partnerId: number;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly reach: 'all' | 'partner';
  readonly tier: Tier | null;
  readonly expiresAt: Date | null;
}

/** API keys on the caller's transaction. */
@Injectable()
export class ApiKeyRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: ApiKeyHasher,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key, locked. @throws DomainError `access.api_key.not_found` */
  async lock(id: number): Promise<ApiKeyEntity> {
    const key = await this.uow.tx.manager.findOne(ApiKeyEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!key) throw accessErrors('access.api_key.not_found');
    return key;
  }

  /** Draws a key of this deployment's environment and stores its digest; the whole key is in the answer only. */
  async issue(actor: Actor, fields: NewApiKey): Promise<{ key: ApiKeyEntity; secret: string }> {
    const environment = this.config.ISP_MODE;
    const parts = newApiKey(randomBytes(API_KEY_RANDOM_BYTES), { test: environment === 'sandbox' });
    const secret = formatApiKey(parts);
    const { hmac, keyId } = this.hasher.digest(secret);
    const now = this.clock.now();
    const key = Object.assign(new ApiKeyEntity(), {
      ...fields,
      scopes: [...new Set(fields.scopes)].sort(),
      guid: randomUUID(),
      publicId: parts.publicId,
      secretHmac: Buffer.from(hmac, 'hex'),
      hmacKeyId: keyId,
      environment,
      revokedAt: null,
      rotatedTo: null,
      overlapUntil: null,
      createdBy: actor.name,
      createdAt: now,
      updatedAt: now,
    });
    return { key: await this.save(key), secret };
  }

  save(key: ApiKeyEntity): Promise<ApiKeyEntity> {
    return this.uow.tx.manager.save(ApiKeyEntity, key);
  }
}
