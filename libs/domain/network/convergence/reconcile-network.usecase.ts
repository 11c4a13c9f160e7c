import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { Outbox, WorkQueue } from '@isp/platform/work';
import { DriftRepository } from './drift.repository.js';
import type { DriftView } from './drift.view.js';

const ACTOR = systemActor('network');
/** A change of what is wanted, and the Stop of a session that was ended, may take so long. */
const GRACE_SECONDS = 30;
/** Rows that are in memory at once. */
const BATCH = 1_000;

export interface ReconcileResult {
  readonly detected: number;
  readonly repaired: number;
}

/**
 * Compares the whole network with what is wanted of it, in the database and in one pass; records every difference with
 * its cause, puts its repair to work, and closes it with what repaired it.
 */
@Injectable()
export class ReconcileNetwork {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly drifts: DriftRepository,
    private readonly work: WorkQueue,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async execute(graceSeconds = GRACE_SECONDS): Promise<ReconcileResult> {
    let [detected, repaired] = [0, 0];
    for (let more = true; more;) {
      const [news, over] = await this.compare(graceSeconds);
      detected += news;
      repaired += over;
      more = news === BATCH || over === BATCH;
    }
    for (let after: string | undefined = '0'; after !== undefined;) after = await this.repair(after);
    while ((await this.readBack()) === BATCH);
    return { detected, repaired };
  }

  /** What a router does is not in the database: those whose turn it is are asked, and what they say is for the next pass. */
  private readBack(): Promise<number> {
    return this.uow.run(ACTOR, async () => {
      const due = await this.drifts.toReadBack(BATCH, this.config.ISP_READ_BACK_HOURS);
      for (const id of due)
        this.work.enqueueOnCommit('network.read-back', { service_id: id }, { dedupeKey: String(id), priority: 'low' });
      return due.length;
    });
  }

  private compare(graceSeconds: number): Promise<readonly [news: number, over: number]> {
    return this.uow.run(ACTOR, async () => {
      const found = await this.drifts.compare(graceSeconds, BATCH);
      for (const drift of found) {
        if (drift.repair === null) this.outbox.add('network.drift.detected.v1', told(drift));
        else this.outbox.add('network.drift.repaired.v1', { ...told(drift), repair: drift.repair });
      }
      const over = found.filter(({ repairedAt }) => repairedAt !== null).length;
      return [found.length - over, over];
    });
  }

  /** One batch; answers where the next begins. */
  private repair(after: string): Promise<string | undefined> {
    return this.uow.run(ACTOR, async () => {
      const open = await this.drifts.open(BATCH, after);
      if (open.length === 0) return undefined;
      await this.drifts.putToWork(open);
      for (const id of new Set(open.map(({ serviceId }) => serviceId ?? 0)))
        this.work.enqueueOnCommit('network.converge', { service_id: id }, { dedupeKey: String(id) });
      return open.length === BATCH ? open.at(-1)?.id : undefined;
    });
  }
}

function told({ id, partnerId, customerId, serviceId, kind, desired, observed, cause }: DriftView) {
  const ids = { partner_id: partnerId, customer_id: customerId ?? 0, service_id: serviceId ?? 0 };
  return { ...ids, drift_id: id, kind, desired, observed, cause };
}
