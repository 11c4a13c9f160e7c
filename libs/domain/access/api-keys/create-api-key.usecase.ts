import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID, type Permission } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import type { Tier } from '../authentication/credential.view.js';
import { GrantGuard } from '../users/grant-guard.js';
import { UserRepository } from '../users/user.repository.js';
import { ApiKeyQueries } from './api-key.queries.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { IssuedApiKey } from './api-key.view.js';

export interface CreateApiKeyInput {
  readonly actor: Actor;
  /** The actor's own partner when absent. */
  readonly partnerId?: number | undefined;
  readonly name: string;
  readonly scopes: readonly Permission[];
  /** `all`: every partner's rows, for the operator's own programs; as far as the actor when absent. */
  readonly reach?: 'all' | 'partner' | undefined;
  /** Other limits than the partner's; only the operator's people may set it. */
  readonly tier?: Tier | undefined;
  readonly expiresAt?: Date | undefined;
}

/** Issues an API key. The whole key is in the answer, and nowhere else ever. */
@Injectable()
export class CreateApiKey {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly queries: ApiKeyQueries,
    private readonly users: UserRepository,
    private readonly guard: GrantGuard,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.grant.exceeds_own`, `access.partner.not_found`, `access.api_key.expiry_in_past` */
  execute(input: CreateApiKeyInput): Promise<IssuedApiKey> {
    const { actor, name, scopes } = input;
    const refusal = { action: 'api_key.create', subject: { type: 'api_key', id: name }, changes: { scopes } };
    return this.guard.watch(actor, refusal, () => this.uow.run(actor, () => this.create(input)));
  }

  private async create(input: CreateApiKeyInput): Promise<IssuedApiKey> {
    const { actor, name, scopes, tier } = input;
    const partnerId = input.partnerId ?? actor.partnerId;
    await this.users.requirePartner(partnerId);
    const reach = input.reach ?? (partnerId === OPERATOR_PARTNER_ID && actor.reach === 'all' ? 'all' : 'partner');
    if (reach === 'all' && partnerId !== OPERATOR_PARTNER_ID) throw accessErrors('access.grant.exceeds_own');
    if (tier !== undefined && actor.reach !== 'all') throw accessErrors('access.grant.exceeds_own');
    this.guard.assertMayGrant(actor, [{ permissions: scopes, reach }]);
    const expiresAt = input.expiresAt ?? null;
    if (expiresAt && expiresAt <= this.clock.now()) throw accessErrors('access.api_key.expiry_in_past');
    const { key, secret } = await this.keys.issue(actor, {
      partnerId,
      name,
      scopes,
      reach,
      tier: tier ?? null,
      expiresAt,
    });
    this.audit.record({
      actor,
      partnerId,
      action: 'api_key.create',
      subject: { type: 'api_key', id: key.id },
      changes: { name, public_id: key.publicId, scopes: key.scopes, reach, expires_at: expiresAt },
    });
    return { apiKey: await this.queries.get(actor, key.id), secret };
  }
}
