import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type PriceGuard, PriceGuards } from '@isp/domain/services';
import { Money } from '@isp/kernel';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { PaidServices } from '../collection/paid-services.queries.js';
import { LookAtPrepaid } from './look-at-prepaid.usecase.js';
import { balanceOf } from './prepaid-documents.js';
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
      const balance = balanceOf(account).minus(Money.of(account.openAmount, account.currency));
      if (price.compare(pending) > 0 && price.compare(balance) > 0)
        throw billingErrors('billing.balance.too_low', {
          balance: balanceOf(account).toText(),
          currency: account.currency,
          price: price.toText(),
          missing: price.minus(balance).toText(),
        });
      await this.look.execute({ actor, accountId: account.id });
    };
  }
}
