import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';

const ACTOR = systemActor('radius');
const BATCH = 2_000;
/** Days that attempts to log in can be looked at, at least. */
const ATTEMPTS_KEPT_DAYS = 90;
/** Days that an ended session stays among those that run. */
const SESSIONS_AT_HAND_DAYS = 90;

const MOVE = (name: string) =>
  statement(
    `radius-${name}-sessions`,
    `SELECT radius.${name}_sessions(now() - make_interval(days => $1), ${BATCH}) AS done`,
  );
const ARCHIVE = MOVE('archive');
const FORGET = MOVE('forget');
const ATTEMPTS = statement('radius-tend-attempts', 'SELECT radius.tend_attempts($1)');

/**
 * Lets accounting grow old: ended sessions go to the archive, which answers who had an address when, until they have been
 * kept long enough; attempts to log in go by the month.
 */
@Injectable()
export class RetireSessions {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ISP_SESSIONS_KEPT_DAYS'>,
  ) {}

  async execute(): Promise<void> {
    await this.uow.run(ACTOR, (tx) => tx.execute(ATTEMPTS, [ATTEMPTS_KEPT_DAYS]));
    await this.inBatches(ARCHIVE, SESSIONS_AT_HAND_DAYS);
    await this.inBatches(FORGET, this.config.ISP_SESSIONS_KEPT_DAYS);
  }

  private async inBatches(move: ReturnType<typeof MOVE>, days: number): Promise<void> {
    const once = () => this.uow.run(ACTOR, (tx) => tx.one<{ done: number }>(move, [days]));
    while ((await once())?.done === BATCH);
  }
}
