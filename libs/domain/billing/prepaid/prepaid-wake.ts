import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@isp/platform/work';
import type { AccountView } from '../accounts/account.view.js';

/** Has a prepaid account looked at once the caller's transaction is committed: something of its price has changed. */
@Injectable()
export class PrepaidWake {
  constructor(private readonly work: WorkQueue) {}

  after({ id, kind }: Pick<AccountView, 'id' | 'kind'>): void {
    if (kind !== 'prepaid') return;
    // A key of its own: a look that is under way may have read the account already.
    const dedupeKey = `${id}:${randomUUID()}`;
    this.work.enqueueOnCommit('billing.prepaid-look', { account_id: id }, { dedupeKey });
  }
}
