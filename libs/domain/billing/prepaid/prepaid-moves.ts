import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { AccountView, PrepaidState } from '../accounts/account.view.js';
import type { ServiceDays } from './prepaid-periods.js';
import { PrepaidRepository } from './prepaid.repository.js';
import { PrepaidServices } from './prepaid-services.js';

/** Moves accounts from one kind to the other. They are locked. */
@Injectable()
export class PrepaidMoves {
  constructor(
    private readonly rows: PrepaidRepository,
    private readonly services: PrepaidServices,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How many drafts wait to be issued. */
  drafts({ id }: AccountView): Promise<number> {
    return this.rows.drafts(id);
  }

  async toPrepaid(
    { id }: AccountView,
    on: string,
    has: { readonly state: PrepaidState; readonly until: string | null; readonly days: readonly ServiceDays[] },
  ): Promise<void> {
    await this.rows.begin(id, on, has.state, has.until, this.clock.now());
    await this.rows.buy(id, has.days);
  }

  async toPostpaid(actor: Actor, account: AccountView, on: string, nextRunOn: string): Promise<void> {
    // From that day on everything is invoiced, bought or not: what was bought is invoiced already.
    await this.rows.cut(account.id, on, null);
    await this.rows.end(account.id, on, nextRunOn, this.clock.now());
    await this.services.release(actor, account);
  }
}
