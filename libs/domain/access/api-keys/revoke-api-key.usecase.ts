import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { CredentialStates } from '../authentication/credential-states.js';
import { ApiKeyRepository } from './api-key.repository.js';

export interface RevokeApiKeyInput {
  readonly actor: Actor;
  readonly id: number;
  /** The partner that it has to be of; anybody's when absent. */
  readonly partnerId?: number;
}

/** Ends a key, and the tokens exchanged for it, in every process within 2 s. Repeating it changes nothing. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.api_key.not_found` */
  execute({ actor, id, partnerId }: RevokeApiKeyInput): Promise<void> {
    return this.uow.run(actor, async () => {
      const key = await this.keys.lock(id);
      if (partnerId !== undefined && key.partnerId !== partnerId) throw accessErrors('access.api_key.not_found');
      if (key.revokedAt) return;
      const now = this.clock.now();
      await this.keys.save(Object.assign(key, { revokedAt: now, updatedAt: now }));
      this.states.forgetOnCommit();
      const changes = { public_id: key.publicId };
      this.audit.record({
        actor,
        partnerId: key.partnerId,
        action: 'api_key.revoke',
        subject: { type: 'api_key', id },
        changes,
      });
    });
  }
}
