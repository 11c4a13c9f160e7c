import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { ServiceRepository } from '../services/service.repository.js';
import { LocalTime } from './local-time.js';
import { ServiceChangeBook } from './service-change-book.js';
import { ServiceChangeRepository } from './service-change.repository.js';

const ACTOR = systemActor('services');
const BATCH = 100;
type DueChange = Awaited<ReturnType<ServiceChangeRepository['due']>>[number];
/** Refusals that no repetition can mend: the change has failed, and says why. */
const FINAL_KINDS = new Set(['unprocessable', 'conflict', 'not_found', 'validation']);

/**
 * Carries out the changes whose time has come, each in a transaction of its own with the service locked, so that of any
 * number of workers one does it. One that fails for now is left for the next turn and keeps nobody else waiting.
 */
@Injectable()
export class ApplyDueChanges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly changes: ServiceChangeRepository,
    private readonly book: ServiceChangeBook,
    private readonly time: LocalTime,
  ) {}

  /** Answers how many it carried out. */
  async execute(): Promise<number> {
    const troubles: unknown[] = [];
    const tried: number[] = [];
    let applied = 0;
    for (let more = true; more;) {
      const due = await this.uow.run(ACTOR, () => this.changes.due(this.time.now(), tried, BATCH));
      for (const change of due) {
        try {
          if (await this.one(change)) applied += 1;
        } catch (error) {
          tried.push(change.id);
          troubles.push(error);
        }
      }
      more = due.length === BATCH && tried.length < BATCH;
    }
    if (troubles.length > 0) throw troubles[0];
    return applied;
  }

  private async one({ id: changeId, serviceId, kind }: DueChange): Promise<boolean> {
    try {
      const carryOut = async (): Promise<boolean> => {
        const service = await this.services.lock(serviceId);
        const change = await this.changes.lock(changeId);
        // Another worker was here, somebody took it back, or a job has begun meanwhile.
        if (change?.status !== 'scheduled' || service.status === 'provisioning') return false;
        await this.book.carryOut(ACTOR, service, change);
        return true;
      };
      // Only what makes a service dearer waits for the money; what ends it never does.
      return await this.uow.run(ACTOR, () =>
        kind === 'plan' ? this.book.guarded(ACTOR, serviceId, carryOut) : carryOut(),
      );
    } catch (error) {
      const final = error instanceof DomainError && FINAL_KINDS.has(error.kind) && !error.code.startsWith('platform.');
      if (!final) throw error;
      await this.uow.run(ACTOR, () => this.changes.finish(changeId, 'failed', error.message));
      return false;
    }
  }
}
