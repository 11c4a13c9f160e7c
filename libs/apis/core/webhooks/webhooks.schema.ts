import { EVENT_TYPES, deliveryStates, isSubscribable, ENDPOINT_SORTING, DELIVERY_SORTING } from '@isp/domain/webhooks';
import { instant, intId, line, needle } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const url = z.string().min(1).max(2048).describe('https URL, port 443 or 8443, public address');
const description = line(200);
const events = z
  .array(z.string().max(100).refine(isSubscribable, 'is not an event type; GET /v1/webhooks/events lists them'))
  .min(1)
  .max(EVENT_TYPES.length + 1)
  .describe('Event types, or "*" for all');
const allPartners = z.boolean().describe('The operator only: events of every partner');
const endpointStatus = z.enum(['enabled', 'disabled']);

export const createEndpointBody = z.strictObject({
  url,
  description: description.optional(),
  events,
  all_partners: allPartners.optional(),
});
export type CreateEndpointBody = z.infer<typeof createEndpointBody>;

export const updateEndpointBody = z
  .strictObject({
    url: url.optional(),
    description: description.optional(),
    events: events.optional(),
    all_partners: allPartners.optional(),
    status: endpointStatus.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'name at least one field to change');
export type UpdateEndpointBody = z.infer<typeof updateEndpointBody>;

export const replayBody = z.strictObject({
  from: instant,
  to: instant,
  scope: z.enum(['failed', 'all']).default('failed'),
});
export type ReplayBody = z.infer<typeof replayBody>;

export const endpointsQuery = sortedQuery({ status: endpointStatus.optional() }, ENDPOINT_SORTING);
export type EndpointsQuery = z.infer<typeof endpointsQuery>;

const deliveryStatus = z.enum(deliveryStates.states as readonly ['pending', 'delivered', 'failed', 'cancelled']);

export const deliveriesQuery = sortedQuery(
  {
    endpoint_id: intId.optional(),
    status: deliveryStatus.optional(),
    event: needle(100).optional().describe('Event type'),
    from: instant.optional(),
    to: instant.optional(),
  },
  DELIVERY_SORTING,
);
export type DeliveriesQuery = z.infer<typeof deliveriesQuery>;

/** Deliveries outnumber what fits an `integer`. */
export const deliveryId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a positive integer')
  .transform(Number);

const time = z.iso.datetime();

export const endpointAnswer = z.object({
  id: z.int(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  all_partners: z.boolean(),
  status: endpointStatus,
  disabled_reason: z.enum(['by_owner', 'gone', 'failing', 'deleted']).nullable(),
  failing_since: time.nullable(),
  previous_secret_until: time.nullable(),
  partner_id: z.int(),
  created_at: time,
  updated_at: time,
});
export const endpointWithSecretAnswer = endpointAnswer.extend({
  secret: z.string().describe('Shown in this answer only'),
});
export const endpointListAnswer = listShape('endpoints', endpointAnswer);

export const deliveryAnswer = z.object({
  id: z.int(),
  endpoint_id: z.int(),
  event_id: z.string(),
  event: z.string(),
  status: deliveryStatus,
  attempts: z.int(),
  next_attempt_at: time.nullable(),
  last_response_status: z.int().nullable(),
  last_error: z.string().nullable(),
  delivered_at: time.nullable(),
  occurred_at: time,
  created_at: time,
  partner_id: z.int(),
});
export const deliveryListAnswer = listShape('deliveries', deliveryAnswer);
export const deliveryDetailAnswer = deliveryAnswer.extend({
  payload: z.string().describe('The exact text that is signed and sent'),
  attempt_log: z.array(
    z.object({
      number: z.int(),
      at: time,
      duration_ms: z.int(),
      response_status: z.int().nullable(),
      error: z.string().nullable(),
      response_excerpt: z.string().nullable(),
    }),
  ),
});

export const replayAnswer = z.object({ endpoint_id: z.int(), deliveries: z.int() });
export const eventTypesAnswer = z.object({ events: z.array(z.object({ type: z.string(), description: z.string() })) });
