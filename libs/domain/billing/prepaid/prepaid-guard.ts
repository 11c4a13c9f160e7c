import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type PriceGuard, PriceGuards } from '@isp/domain/services';
import { AccountRepository } from '../accounts/account.repository.js';
import { refuseUncovered } from '../accounts/balance.js';
import { PaidServices } from '../collection/paid-services.queries.js';
import { LookAtPrepaid } from './look-at-prepaid.usecase.js';
import { PrepaidPrices } from './prepaid-prices.js';

/**
 * Refuses a change that makes the period that is bought already dearer than the balance covers, before anything of it is
 * there; what is covered is charged with it.
 */
@Injectable()
export class PrepaidGuard implements PriceGuard, OnModuleInit {
  constructor(
    private readonly guards: PriceGuards,
    private readonly paid: PaidServices,
    private readonly accounts: AccountRepository,
    private readonly prices: PrepaidPrices,
    private readonly look: LookAtPrepaid,
  ) {}

  onModuleInit(): void {
    this.guards.add(this);
  }

  async before(actor: Actor, serviceId: number): Promise<(() => Promise<void>) | undefined> {
    const payer = await this.paid.accountOf(serviceId);
    const seen = payer === null ? undefined : await this.accounts.get(payer);
    if (seen?.kind !== 'prepaid') return undefined;
    const account = await this.accounts.lock(seen.id);
    const pending = await this.prices.pending(account);
    return async () => {
      const price = await this.prices.pending(account);
      if (price.compare(pending) > 0) refuseUncovered(account, price);
      await this.look.execute({ actor, accountId: account.id });
    };
  }
}
