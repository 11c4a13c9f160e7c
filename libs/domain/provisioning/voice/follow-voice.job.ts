import { Inject, Injectable } from '@nestjs/common';
import { type JobPayload, systemActor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import {
  type HandlesJob,
  HandlesJobs,
  ListensTo,
  type ListensToEvents,
  type PublishedEvent,
  WorkQueue,
  type WorkRun,
} from '@isp/platform/work';
import { VoiceAccounts } from './voice-accounts.js';
import { VOICE_DRIVER, type VoiceDriver } from './voice-driver.port.js';

const ACTOR = systemActor('provisioning');
const JOB = 'provisioning.voice';
const EVENTS = ['services.service.suspended.v1', 'services.service.reactivated.v1'] as const;

/** A voice service that is suspended calls no more, and one that is back does. */
@Injectable()
@ListensTo({ name: 'provisioning.follow-voice', events: EVENTS })
export class FollowVoiceListener implements ListensToEvents<(typeof EVENTS)[number]> {
  constructor(private readonly work: WorkQueue) {}

  on({ payload }: PublishedEvent<(typeof EVENTS)[number]>): Promise<void> {
    if (payload.service_type === 'voice')
      this.work.enqueueOnCommit(JOB, { service_id: payload.service_id }, { dedupeKey: String(payload.service_id) });
    return Promise.resolve();
  }
}

/** Brings the softswitch to what the service is now, whatever event it was that asked. */
@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 20, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class FollowVoiceHandler implements HandlesJob<typeof JOB> {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly accounts: VoiceAccounts,
    @Inject(VOICE_DRIVER) private readonly driver: VoiceDriver,
  ) {}

  async handle({ service_id: id }: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    const found = await this.read(id, run);
    if (found) await this.driver.register(found.key, found.account, found.password, run.signal);
    // Its removal may have passed this by, or a try before it that died or had no answer.
    if (found ? !(await this.read(id, run)) : run.epoch > 1) await this.remove(id, run);
  }

  private async remove(id: number, run: WorkRun): Promise<void> {
    const number = await this.uow.run(ACTOR, () => this.accounts.numberOfGone(id));
    if (number !== undefined)
      await this.driver.remove(`voice-${id}-${run.workId}-${run.epoch}-undo`, number, run.signal);
  }

  private read(id: number, run: WorkRun) {
    return this.uow.run(ACTOR, async () => {
      await run.fence();
      const service = await this.services.get(ACTOR, id);
      const opened = service.status === 'terminated' ? undefined : await this.accounts.current(service);
      // A restored database counts versions again: the time tells what the softswitch heard from what it did not.
      const key = `voice-${id}-${service.version}-${service.updatedAt.getTime().toString(36)}`;
      return opened && { ...opened, key };
    });
  }
}
