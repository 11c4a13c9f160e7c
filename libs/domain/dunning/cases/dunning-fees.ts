import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { WriteInvoice } from '@isp/domain/billing';

/** Charges what late payment costs. */
@Injectable()
export class DunningFees {
  constructor(private readonly write: WriteInvoice) {}

  /** @param amount decimal text, without tax */
  async charge(actor: Actor, accountId: number, amount: string, description: string): Promise<void> {
    const lines = [{ description, amount, quantity: '1', prorationFactor: '1' }];
    await this.write.execute({ actor, accountId, kind: 'one_off', lines });
  }
}
