import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import type { CustomerView } from './customer.view.js';

type Happened = 'created' | 'updated' | 'suspended' | 'reactivated' | 'terminated';

const VERBS: Readonly<Record<Happened, string>> = {
  created: 'create',
  updated: 'update',
  suspended: 'suspend',
  reactivated: 'reactivate',
  terminated: 'terminate',
};

/** Says what happened to a customer: once to the audit trail, once to whoever listens. */
@Injectable()
export class CustomerFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  report(actor: Actor, happened: Happened, customer: CustomerView, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({
      actor,
      partnerId: customer.partnerId,
      action: `customer.${VERBS[happened]}`,
      subject: { type: 'customer', id: customer.id },
      changes,
    });
    this.outbox.add(`customers.customer.${happened}.v1`, {
      partner_id: customer.partnerId,
      customer_id: customer.id,
      name: customer.name,
      email: customer.email,
      portal_id: customer.portalId,
      sequence: customer.version,
    });
  }
}
