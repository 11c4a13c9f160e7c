import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ApiKeyQueries } from '../api-keys/api-key.queries.js';
import { UserQueries } from './user.queries.js';

/** The program itself, as the author of what nobody in person did. */
const PROGRAM: NamedActor = { guid: '00000000-0000-5000-8000-000000000001', name: 'System' };

/** Who did something, as it is kept and shown. */
export interface NamedActor {
  readonly guid: string | null;
  readonly name: string;
}

/** What people call those who act. */
@Injectable()
export class NamedActors {
  readonly program = PROGRAM;

  constructor(
    private readonly users: UserQueries,
    private readonly keys: ApiKeyQueries,
  ) {}

  async of(actor: Actor): Promise<NamedActor> {
    if (actor.userId !== undefined) {
      const { guid, fullName } = await this.users.get(actor, actor.userId);
      return { guid, name: fullName };
    }
    if (actor.apiKeyId !== undefined) {
      const { guid, name } = await this.keys.get(actor, actor.apiKeyId);
      return { guid, name };
    }
    return this.program;
  }
}
