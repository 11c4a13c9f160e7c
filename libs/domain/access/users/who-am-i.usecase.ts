import { Injectable } from '@nestjs/common';
import { type Actor, systemActorFor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { ApiKeyQueries } from '../api-keys/api-key.queries.js';
import { UserQueries } from './user.queries.js';
import type { CallerView } from './user.view.js';

/** The caller as the program sees it: person or key, partner, permissions. */
@Injectable()
export class WhoAmI {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly users: UserQueries,
    private readonly apiKeys: ApiKeyQueries,
  ) {}

  async execute(actor: Actor): Promise<CallerView> {
    const { userId, apiKeyId } = actor;
    // A customer's own walls hide the roles, and an API key's the key itself from one that may not manage keys.
    const reader = systemActorFor('access', actor.partnerId);
    const [user, key] = await this.uow.outside(() =>
      Promise.all([
        userId === undefined ? null : this.users.get(reader, userId),
        apiKeyId === undefined ? null : this.apiKeys.get(reader, apiKeyId),
      ]),
    );
    return {
      kind: actor.kind === 'user' ? 'user' : 'api_key',
      partnerId: actor.partnerId,
      customerId: actor.customerId ?? null,
      reach: actor.reach,
      permissions: [...actor.permissions].sort(),
      user,
      apiKey: key && { id: key.id, name: key.name, publicId: key.publicId },
    };
  }
}
