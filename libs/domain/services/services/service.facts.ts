import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import type { ServiceView } from './service.view.js';

type Happened = 'created' | 'activated' | 'suspended' | 'reactivated' | 'terminated' | 'changed';

/** Says what happened to a service: once to the audit trail, once to whoever listens. */
@Injectable()
export class ServiceFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  note(actor: Actor, verb: string, service: ServiceView, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'service', id: service.id };
    this.audit.record({ actor, partnerId: service.partnerId, action: `service.${verb}`, subject, changes });
  }

  publish(happened: Happened, service: ServiceView): void {
    this.outbox.add(`services.service.${happened}.v1`, {
      partner_id: service.partnerId,
      customer_id: service.customerId,
      service_id: service.id,
      service_type: service.serviceType,
      status: service.status,
      sequence: service.version,
    });
  }
}
