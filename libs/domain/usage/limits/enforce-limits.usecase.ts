import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { type Statement, UnitOfWork } from '@isp/platform/database';
import { LimitEffects } from './limit-effects.js';
import { BATCH, REACH, RELEASE, WARN } from './limit.statements.js';
import type { ThrottlingEventView } from './throttling.view.js';

const ACTOR = systemActor('usage');

/**
 * Holds services to the limits of their plans by the calendar month of their partner's zone, and lets go of those for
 * whom the limit no longer holds. What another change did to a throttled subscriber's rate is put right on the way.
 */
@Injectable()
export class EnforceLimits {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly effects: LimitEffects,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ISP_DATA_LIMIT_ACTION'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<{ readonly reached: number; readonly restored: number; readonly warned: number }> {
    const restored = await this.inBatches<ThrottlingEventView>(RELEASE, [], (event) => this.effects.restored(event));
    const warned = await this.inBatches<ThrottlingEventView>(WARN, [], (reading) => this.effects.warned(reading));
    const action = this.config.ISP_DATA_LIMIT_ACTION;
    const reached = await this.inBatches<ThrottlingEventView>(REACH, [action], (event) => this.effects.reached(event));
    await this.uow.run(ACTOR, () => this.effects.apply());
    return { reached, restored, warned };
  }

  private async inBatches<R extends { readonly serviceId: number }>(
    found: Statement,
    values: readonly unknown[],
    each: (row: R) => void,
  ): Promise<number> {
    let total = 0;
    for (let more = true; more;) {
      const done = await this.uow.run(ACTOR, async (tx) => {
        const rows = await tx.query<R>(found, [this.clock.now(), ...values]);
        rows.forEach(each);
        if (rows.length > 0) await this.effects.apply(rows.map(({ serviceId }) => serviceId));
        return rows.length;
      });
      total += done;
      more = done === BATCH;
    }
    return total;
  }
}
