import { Injectable } from '@nestjs/common';
import { toIsoSeconds } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import type { PublicFact } from '../catalogue/event-entries.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { publicEventId } from '../deliveries/delivery.view.js';

/**
 * Stores the event for its partner, and for the operator where an endpoint of the operator's hears everything (a copy,
 * so that no reader ever needs another partner's row), and one delivery for each endpoint that wants it.
 */
const PUBLISH = statement(
  'webhook-publish',
  `WITH receivers AS (
     SELECT id, partner_id FROM webhook_endpoints
      WHERE status = 'enabled' AND (partner_id = $2 OR all_partners)
        AND CASE WHEN $10::integer IS NULL THEN events && ARRAY['*', $3::text] ELSE id = $10 END),
   stored AS (
     INSERT INTO webhook_events (event_id, partner_id, type, payload, resource_type, resource_id, sequence, occurred_at, request_id)
     SELECT $1::uuid, owner, $3::text, $4, $5, $6, $7::bigint, $8::timestamptz, $9
       FROM (SELECT $2::integer AS owner UNION SELECT partner_id FROM receivers) owners
     ON CONFLICT (partner_id, event_id) DO NOTHING RETURNING id, partner_id)
   INSERT INTO webhook_deliveries (partner_id, endpoint_id, webhook_event_id, type)
   SELECT r.partner_id, r.id, s.id, $3::text FROM receivers r JOIN stored s ON s.partner_id = r.partner_id ORDER BY r.id
   RETURNING id::text`,
);

export interface Publication {
  readonly eventId: string;
  readonly partnerId: number;
  readonly occurredAt: Date;
  readonly fact: PublicFact;
  /** Only this endpoint, whatever it subscribes to. */
  readonly endpointId?: number;
}

/** Turns a fact into deliveries, all of them in the caller's transaction. */
@Injectable()
export class EventPublisher {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** Answers the ids of the new deliveries. A second call for the same event adds nothing. */
  async publish(publication: Publication): Promise<string[]> {
    const { eventId, partnerId, occurredAt, fact, endpointId } = publication;
    const sequence = fact.sequence ?? occurredAt.getTime();
    const payload = payloadOf(publication, sequence);
    const rows = await this.uow.tx.query<{ id: string }>(PUBLISH, [
      eventId,
      partnerId,
      fact.type,
      payload,
      fact.resourceType,
      fact.resourceId,
      sequence,
      occurredAt,
      currentRequestId() ?? null,
      endpointId ?? null,
    ]);
    await Promise.all(rows.map(({ id }) => this.deliveries.promise(id, 0)));
    return rows.map(({ id }) => id);
  }
}

/** The text that is signed and sent; built once, so that every try sends the same bytes. */
function payloadOf({ eventId, occurredAt, fact }: Publication, sequence: number): string {
  const { type, data } = fact;
  return JSON.stringify({
    event: type,
    timestamp: toIsoSeconds(occurredAt),
    data,
    id: publicEventId(eventId),
    sequence,
  });
}
