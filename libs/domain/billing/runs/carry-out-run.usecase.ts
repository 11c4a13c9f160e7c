import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { isOthersFault } from '@isp/platform/work';
import { BillAccounts } from './bill-accounts.js';
import { BATCH, type ClaimedBatch, RunRepository } from './run.repository.js';
import { type RunCounts, addTotals } from './run.view.js';

const ACTOR = systemActor('billing');
const NOTHING: RunCounts = {
  accountsDone: 0,
  invoices: 0,
  creditNotes: 0,
  drafts: 0,
  nothingDue: 0,
  carriedForward: 0,
  parked: 0,
  failed: 0,
};

interface Surroundings {
  /** In each transaction; throws when this turn was overtaken by another. */
  readonly fence?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

type Step = 'over' | 'more';

/**
 * Works through a run, part after part, beside others that do the same. The documents of a part and the note how far its
 * accounts are, are one transaction: whoever goes on after a crash finds what is still due, and nobody bills twice.
 */
@Injectable()
export class CarryOutRun {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly runs: RunRepository,
    private readonly bill: BillAccounts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers whether the run is over, as far as this turn can see; false when it was asked to stop. */
  async execute(runId: number, around: Surroundings = {}): Promise<boolean> {
    for (;;) {
      if (around.signal?.aborted) return false;
      if ((await this.step(runId, around)) === 'over') break;
    }
    await this.uow.run(ACTOR, () => this.runs.finish(runId, this.clock.now()));
    return true;
  }

  private async step(runId: number, around: Surroundings): Promise<Step> {
    try {
      return await this.part(runId, around, BATCH);
    } catch (error) {
      if (isOthersFault(error)) throw error;
      // One of them cannot be billed: one by one, so that only that one is not.
      return this.single(runId, around);
    }
  }

  private part(runId: number, around: Surroundings, most: number): Promise<Step> {
    return this.uow.run(ACTOR, async () => {
      await around.fence?.();
      const batch = await this.runs.claim(runId);
      if (!batch) return 'over';
      const accounts = await this.runs.due(runId, batch, this.clock.now(), most);
      const billed = await this.bill.execute({ id: runId, ...batch }, accounts);
      failPoint('billing.run-batch');
      const last = accounts.at(-1)?.id ?? batch.doneUntilId;
      await this.runs.count(runId, batch, billed.counts, {
        totals: addTotals(batch.totals, billed.totals),
        doneUntilId: last,
        done: billed.allUpToDate && (accounts.length < most || last === batch.untilId),
      });
      return 'more';
    });
  }

  private async single(runId: number, around: Surroundings): Promise<Step> {
    try {
      return await this.part(runId, around, 1);
    } catch (error) {
      if (isOthersFault(error)) throw error;
      return this.uow.run(ACTOR, async (): Promise<Step> => {
        await around.fence?.();
        const batch = await this.runs.claim(runId);
        if (batch) await this.giveUp(runId, batch, error as Error);
        return 'more';
      });
    }
  }

  /** Parks the first account of a part that is still due, so that it holds nobody up. */
  private async giveUp(runId: number, batch: ClaimedBatch, { message }: Error): Promise<void> {
    const now = this.clock.now();
    const [account] = await this.runs.due(runId, batch, now, 1);
    if (!account) return;
    const detail = message.slice(0, 500);
    if (!batch.dryRun) await this.runs.park([{ id: account.id, reason: 'failed', amount: '0' }], now);
    await this.runs.find(runId, [{ accountId: account.id, kind: 'failed', amount: '0', detail }]);
    await this.runs.count(
      runId,
      batch,
      { ...NOTHING, accountsDone: 1, failed: 1 },
      {
        totals: batch.totals,
        doneUntilId: account.id,
        done: false,
      },
    );
  }
}
