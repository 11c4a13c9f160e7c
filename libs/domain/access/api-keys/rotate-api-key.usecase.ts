import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { API_KEY_OVERLAP_HOURS } from '../access.limits.js';
import { CredentialStates } from '../authentication/credential-states.js';
import { expandPermissions } from '../roles/grants.policy.js';
import { GrantGuard } from '../users/grant-guard.js';
import { ApiKeyQueries } from './api-key.queries.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { IssuedApiKey } from './api-key.view.js';

export interface RotateApiKeyInput {
  readonly actor: Actor;
  readonly id: number;
  /** How long the old key works beside the new one; 0 ends it at once. */
  readonly overlapHours?: number | undefined;
}

/** Replaces a key by a new one with the same rights; both work during the overlap. */
@Injectable()
export class RotateApiKey {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly queries: ApiKeyQueries,
    private readonly guard: GrantGuard,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `access.api_key.not_found`, `access.api_key.revoked`, `access.api_key.already_rotated`,
   * `access.grant.exceeds_own` (the answer holds a key with all of the old one's rights)
   */
  execute(input: RotateApiKeyInput): Promise<IssuedApiKey> {
    const { actor, id } = input;
    const refusal = { action: 'api_key.rotate', subject: { type: 'api_key', id }, changes: {} };
    return this.guard.watch(actor, refusal, () => this.uow.run(actor, () => this.rotate(input)));
  }

  private async rotate({ actor, id, overlapHours = API_KEY_OVERLAP_HOURS }: RotateApiKeyInput): Promise<IssuedApiKey> {
    const old = await this.keys.lock(id);
    const now = this.clock.now();
    if (old.revokedAt || (old.expiresAt && old.expiresAt <= now)) throw accessErrors('access.api_key.revoked');
    if (old.rotatedTo !== null) throw accessErrors('access.api_key.already_rotated');
    this.guard.assertMayGrant(actor, [{ permissions: expandPermissions(old.scopes), reach: old.reach }]);
    const { partnerId, name, scopes, reach, tier, expiresAt } = old;
    const { key, secret } = await this.keys.issue(actor, { partnerId, name, scopes, reach, tier, expiresAt });
    const overlapUntil = addSeconds(now, overlapHours * 3_600);
    await this.keys.save(Object.assign(old, { rotatedTo: key.id, overlapUntil, updatedAt: now }));
    this.states.forgetOnCommit();
    const changes = { rotated_to: key.id, public_id: key.publicId, overlap_until: overlapUntil };
    this.audit.record({ actor, partnerId, action: 'api_key.rotate', subject: { type: 'api_key', id }, changes });
    return { apiKey: await this.queries.get(actor, key.id), secret };
  }
}
