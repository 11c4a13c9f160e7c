import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { OneOffCharges } from '@isp/domain/billing';

/** Charges what late payment costs, by the next invoice. */
@Injectable()
export class DunningFees {
  constructor(private readonly charges: OneOffCharges) {}

  /** @param amount decimal text, without tax */
  async charge(actor: Actor, accountId: number, amount: string, description: string): Promise<void> {
    await this.charges.add(actor, accountId, { description, quantity: '1', unitAmount: amount });
  }
}
