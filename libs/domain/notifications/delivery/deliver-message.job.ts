import { Injectable } from '@nestjs/common';
import { type JobPayload, systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { DeliverMessage } from './deliver-message.usecase.js';
import { DeliveryBook } from './delivery-book.js';
import { Places } from './places.js';

const JOB = 'notifications.send';

/** What a mail server refuses is counted by the message itself; failures here are those of the program. */
@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 12, baseDelaySeconds: 5, maxDelaySeconds: 3_600 })
export class DeliverMessageHandler implements HandlesJob<typeof JOB> {
  constructor(
    private readonly deliver: DeliverMessage,
    private readonly book: DeliveryBook,
    private readonly places: Places,
    private readonly uow: UnitOfWork,
  ) {}

  async handle({ message_id: messageId }: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    const seconds = await this.places.within(() => this.deliver.execute(messageId, run));
    if (seconds !== undefined) await this.uow.run(systemActor('notifications'), () => run.postpone(seconds));
  }

  async onDead({ message_id: messageId }: JobPayload<typeof JOB>, reason: string): Promise<void> {
    await this.book.end(messageId, 'failed', reason);
  }
}
