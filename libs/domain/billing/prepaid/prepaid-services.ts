import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { FollowBalance } from '@isp/domain/services';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { PaidServices } from '../collection/paid-services.queries.js';
import { PrepaidRepository } from './prepaid.repository.js';

/** Holds services back whose account's balance does not cover them, and lets them go. In the order of their ids. */
@Injectable()
export class PrepaidServices {
  constructor(
    private readonly paid: PaidServices,
    private readonly accounts: AccountRepository,
    private readonly rows: PrepaidRepository,
    private readonly follow: FollowBalance,
  ) {}

  /** All of the account that live, or these of them. Parts of a bundle follow it. */
  async hold(actor: Actor, account: AccountView, only?: readonly number[]): Promise<void> {
    for (const { id, bundleId, heldForBalance } of await this.paid.of(account)) {
      if (heldForBalance || bundleId !== null || (only && !only.includes(id))) continue;
      const reason = `the balance of account ${account.id} does not cover the service`;
      await this.follow.execute({ actor, serviceId: id, covered: false, reason });
    }
  }

  /** All of the account but these, and those that nobody pays ahead for any more. */
  async release(actor: Actor, account: AccountView, except: readonly number[] = []): Promise<void> {
    const own = (await this.paid.of(account)).map(({ id }) => id);
    for (const serviceId of await this.rows.held(account.id)) {
      if (except.includes(serviceId)) continue;
      if (own.includes(serviceId) || !(await this.paysAhead(serviceId)))
        await this.follow.execute({ actor, serviceId, covered: true, reason: `paid by account ${account.id}` });
    }
  }

  /** Lets those go that the account held back and does not pay for any more, unless another that pays ahead does. */
  async releaseOthers(actor: Actor, account: AccountView): Promise<void> {
    const own = (await this.paid.of(account)).map(({ id }) => id);
    await this.release(actor, account, own);
  }

  private async paysAhead(serviceId: number): Promise<boolean> {
    const payer = await this.paid.accountOf(serviceId);
    return payer !== null && (await this.accounts.get(payer))?.kind === 'prepaid';
  }
}
