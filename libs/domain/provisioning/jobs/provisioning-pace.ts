import { Injectable } from '@nestjs/common';
import { PRIORITIES, type Priority } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';

const PACE = statement(
  'provisioning-pace',
  'SELECT job_seconds AS job, jobs_ahead AS ahead, side_by_side AS "sideBySide" FROM provisioning_pace($1)',
);
const FRESH_MS = 1_000;

export interface Pace {
  /** Median seconds from start to success of the last 200 jobs; 0 before the first. */
  readonly job: number;
  /** Pieces of work of at least the asked urgency that wait. */
  readonly ahead: number;
  /** How many of those last jobs were under way at the same time, on average over the time in which any was; at least 1. */
  readonly sideBySide: number;
}

/** How fast provisioning goes at the moment, looked at once a second at most. */
@Injectable()
export class ProvisioningPace {
  private readonly seen = new Map<Priority, { readonly at: number; readonly pace: Pace }>();

  constructor(private readonly uow: UnitOfWork) {}

  /** In the caller's transaction; the figures are everybody's. */
  async at(priority: Priority): Promise<Pace> {
    const known = this.seen.get(priority);
    if (known && monotonicMs() - known.at < FRESH_MS) return known.pace;
    const pace = (await this.uow.tx.one<Pace>(PACE, [PRIORITIES.indexOf(priority) + 1])) as Pace;
    this.seen.set(priority, { at: monotonicMs(), pace });
    return pace;
  }
}
