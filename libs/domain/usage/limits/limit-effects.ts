import { Injectable } from '@nestjs/common';
import { ChangeSubscriber, type SubscriberAccess } from '@isp/domain/network';
import { UnitOfWork } from '@isp/platform/database';
import { Outbox } from '@isp/platform/work';
import { ASTRAY } from './limit.statements.js';
import type { ThrottlingEventView } from './throttling.view.js';

interface Astray {
  readonly serviceId: number;
  readonly name: string;
  readonly throttled: boolean;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess | null;
}

interface Reading {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly period: string;
  readonly usageBytes: number;
  readonly limitBytes: number;
}

/** What follows from a limit, in the transaction that notes it. */
@Injectable()
export class LimitEffects {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly subscriber: ChangeSubscriber,
    private readonly outbox: Outbox,
  ) {}

  reached(event: ThrottlingEventView): void {
    if (event.cause === 'fair_use') this.outbox.add('usage.fair_use.reached.v1', payloadOf(event));
    else this.outbox.add('usage.data_limit.reached.v1', { ...payloadOf(event), action: event.action });
  }

  /** Of what nothing was done about, nothing is restored; of a customer who paid, others tell. */
  restored(event: ThrottlingEventView): void {
    if (event.action === 'none' || event.cause === 'payment' || event.restoredBy === null) return;
    const { cause, restoredBy } = event;
    this.outbox.add('usage.fair_use.restored.v1', { ...payloadOf(event), cause, restored_by: restoredBy });
  }

  warned(reading: Reading | ThrottlingEventView): void {
    this.outbox.add('usage.fair_use.warning.v1', payloadOf(reading));
  }

  /** Makes the wish of the network follow the limits in force, of these services or of all. Answers how many differed. */
  async apply(serviceIds?: readonly number[]): Promise<number> {
    const astray = await this.uow.tx.query<Astray>(ASTRAY, [serviceIds ?? null]);
    for (const { serviceId, throttled, access, ...profile } of astray)
      await this.subscriber.execute({ serviceId, throttled, profile, ...(access ? { access } : {}) });
    return astray.length;
  }
}

function payloadOf({
  partnerId,
  customerId,
  serviceId,
  period,
  usageBytes,
  limitBytes,
}: Reading | ThrottlingEventView) {
  const ids = { partner_id: partnerId, customer_id: customerId, service_id: serviceId };
  return { ...ids, period: period ?? '', usage_bytes: usageBytes ?? 0, limit_bytes: limitBytes ?? 0 };
}
