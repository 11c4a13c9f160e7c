import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { CustomerQueries } from '@isp/domain/customers';
import { UnitOfWork, statement } from '@isp/platform/database';

const GET = statement('dunning-tags-get', 'SELECT tag FROM dunning_tags WHERE customer_id = $1');
const PUT = statement(
  'dunning-tags-put',
  `INSERT INTO dunning_tags (partner_id, customer_id, tag) VALUES ($1, $2, $3)
   ON CONFLICT (customer_id) DO UPDATE SET tag = excluded.tag`,
);
const REMOVE = statement('dunning-tags-remove', 'DELETE FROM dunning_tags WHERE customer_id = $1');

/** What kind of payer a customer is: a policy may be for one. Cases that are open go on as they are. */
@Injectable()
export class DunningTags {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `customers.customer.not_found` */
  get(actor: Actor, customerId: number): Promise<string | null> {
    return this.uow.run(actor, async (tx) => {
      await this.customers.get(actor, customerId);
      return (await tx.one<{ tag: string }>(GET, [customerId]))?.tag ?? null;
    });
  }

  /** @throws `customers.customer.not_found` */
  put(actor: Actor, customerId: number, tag: string | null): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { partnerId } = await this.customers.get(actor, customerId);
      if (tag === null) await tx.execute(REMOVE, [customerId]);
      else await tx.execute(PUT, [partnerId, customerId, tag]);
      const subject = { type: 'customer', id: customerId };
      this.audit.record({ actor, partnerId, action: 'customer.dunning_tag', subject, changes: { tag } });
    });
  }
}
