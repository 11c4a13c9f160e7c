import { Injectable } from '@nestjs/common';
import { toIsoSeconds } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId, withRequestId } from '@isp/platform/logging';
import type { PublicFact } from '../catalogue/event-entries.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { publicEventId } from '../deliveries/delivery.view.js';

/**
 * Stores each event for its partner, and for the operator where an endpoint of the operator's hears everything (a copy,
 * so that no reader ever needs another partner's row), and one delivery for each endpoint that wants it.
 */
const PUBLISH = statement(
  'webhook-publish',
  `WITH told AS MATERIALIZED (
     SELECT * FROM jsonb_to_recordset($1) AS t(n integer, event_id uuid, partner_id integer, type text, payload text, resource_type text,
       resource_id text, sequence bigint, occurred_at timestamptz, request_id text, endpoint_id integer)),
   receivers AS MATERIALIZED (
     SELECT t.n, t.event_id, t.type, e.id, e.partner_id FROM told t JOIN webhook_endpoints e
         ON e.status = 'enabled' AND (e.partner_id = t.partner_id OR e.all_partners)
        AND CASE WHEN t.endpoint_id IS NULL THEN e.events && ARRAY['*', t.type] ELSE e.id = t.endpoint_id END),
   stored AS (
     INSERT INTO webhook_events (event_id, partner_id, type, payload, resource_type, resource_id, sequence, occurred_at, request_id)
     SELECT t.event_id, o.owner, t.type, t.payload, t.resource_type, t.resource_id, t.sequence, t.occurred_at, t.request_id
       FROM told t CROSS JOIN LATERAL (
         SELECT t.partner_id AS owner UNION SELECT r.partner_id FROM receivers r WHERE r.n = t.n) o ORDER BY t.n
     ON CONFLICT (partner_id, event_id) DO NOTHING RETURNING id, partner_id, event_id),
   made AS (
     INSERT INTO webhook_deliveries (partner_id, endpoint_id, webhook_event_id, type)
     SELECT r.partner_id, r.id, s.id, r.type FROM receivers r JOIN stored s ON s.partner_id = r.partner_id AND s.event_id = r.event_id
      ORDER BY r.n, r.id
     RETURNING id, webhook_event_id)
   SELECT m.id::text, s.event_id AS "eventId" FROM made m JOIN stored s ON s.id = m.webhook_event_id ORDER BY m.id`,
);

export interface Publication {
  readonly eventId: string;
  readonly partnerId: number;
  readonly occurredAt: Date;
  readonly fact: PublicFact;
  /** The request in whose wake it is; the caller's own when absent. */
  readonly requestId?: string | undefined;
  /** Only this endpoint, whatever it subscribes to. */
  readonly endpointId?: number;
}

/** A delivery that was made. */
interface Made {
  readonly id: string;
  readonly eventId: string;
}

/** Turns facts into deliveries, all of them in the caller's transaction. */
@Injectable()
export class EventPublisher {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** Answers the ids of the new deliveries, in the order of the facts. A second call for the same event adds nothing. */
  async publish(...publications: readonly Publication[]): Promise<string[]> {
    if (publications.length === 0) return [];
    const told = publications.map((one) => ({ ...one, requestId: one.requestId ?? currentRequestId() }));
    const made = await this.uow.tx.query<Made>(PUBLISH, [JSON.stringify(told.map(rowOf))]);
    const requests = new Map(told.map(({ eventId, requestId }) => [eventId, requestId]));
    await Promise.all(made.map((delivery) => this.promise(delivery, requests.get(delivery.eventId))));
    return made.map(({ id }) => id);
  }

  /** The delivery's work belongs to the request that the event came of. */
  private promise({ id }: Made, requestId: string | undefined): Promise<void> {
    const promise = (): Promise<void> => this.deliveries.promise(id, 0);
    return requestId === undefined ? promise() : withRequestId(requestId, promise);
  }
}

function rowOf(publication: Publication, n: number): object {
  const { eventId, partnerId, occurredAt, fact, requestId, endpointId } = publication;
  const sequence = fact.sequence ?? occurredAt.getTime();
  return {
    n,
    event_id: eventId,
    partner_id: partnerId,
    type: fact.type,
    payload: payloadOf(publication, sequence),
    resource_type: fact.resourceType,
    resource_id: fact.resourceId,
    sequence,
    occurred_at: occurredAt,
    request_id: requestId,
    endpoint_id: endpointId,
  };
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
