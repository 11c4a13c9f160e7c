import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { SESSION_KEEP_SECONDS } from '../access.limits.js';
import { LoginAttempts } from './login-attempts.js';
import { SessionRepository } from './session.repository.js';

/** Removes sessions that ended a week ago, with their tokens, and failure counts that no longer lock anything. */
@Injectable()
export class PurgeSessions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sessions: SessionRepository,
    private readonly attempts: LoginAttempts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    await this.uow.run(systemActor('access'), async () => {
      await this.sessions.purge(addSeconds(this.clock.now(), -SESSION_KEEP_SECONDS));
      await this.attempts.purge();
    });
  }
}
