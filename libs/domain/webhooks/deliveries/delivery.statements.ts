import { statement } from '@isp/platform/database';
import { deliveryStates } from './delivery.states.js';

/** Deliveries that one endpoint may have on the wire at once, across the fleet. */
export const MAX_IN_FLIGHT = 5;
/** Seconds after which a claim without a result counts as lost with its process: longer than any exchange lasts. */
export const CLAIM_SECONDS = 20;

const FREE = `${MAX_IN_FLIGHT} - (SELECT count(*) FROM webhook_deliveries f WHERE f.endpoint_id = $1 AND f.in_flight_until > now())`;
const REVIVABLE = deliveryStates
  .previous('pending')
  .map((status) => `'${status}'`)
  .join(', ');

export const LOCK_ENDPOINT_OF = statement(
  'webhook-delivery-lock-endpoint',
  `SELECT id, partner_id AS "partnerId", url, status, first_failure_at AS "failingSince", guid,
          secret_sealed AS "secretSealed", previous_secret_sealed AS "previousSecretSealed", previous_until AS "previousUntil"
     FROM webhook_endpoints WHERE id = (SELECT endpoint_id FROM webhook_deliveries WHERE id = $1) FOR NO KEY UPDATE`,
);
export const READ = statement(
  'webhook-delivery-read',
  `SELECT d.id::text, d.status, d.attempts, d.tries, d.parked, d.in_flight_until AS "inFlightUntil",
          coalesce(d.in_flight_until > now(), false) AS "inFlight", v.event_id AS "eventId", v.type, v.payload,
          v.request_id AS "requestId",
          (SELECT count(*)::integer FROM webhook_deliveries o
            WHERE o.endpoint_id = d.endpoint_id AND o.in_flight_until > now()) AS "othersInFlight"
     FROM webhook_deliveries d JOIN webhook_events v ON v.partner_id = d.partner_id AND v.id = d.webhook_event_id
    WHERE d.id = $1`,
);
export const CLAIM = statement(
  'webhook-delivery-claim',
  `UPDATE webhook_deliveries
      SET in_flight_until = now() + make_interval(secs => ${CLAIM_SECONDS}), epoch = epoch + 1, parked = false
    WHERE id = $1 AND status = 'pending' RETURNING epoch, in_flight_until AS "inFlightUntil"`,
);
/** The delivery that has waited longest, if there is a place. */
export const CLAIM_PARKED = statement(
  'webhook-delivery-claim-parked',
  `UPDATE webhook_deliveries
      SET in_flight_until = now() + make_interval(secs => ${CLAIM_SECONDS}), epoch = epoch + 1, parked = false
    WHERE id = (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND parked ORDER BY id LIMIT 1) AND ${FREE} > 0
   RETURNING id::text, epoch, in_flight_until AS "inFlightUntil"`,
);
export const PARK = statement(
  'webhook-delivery-park',
  `UPDATE webhook_deliveries SET parked = true WHERE id = $1 AND status = 'pending'`,
);
export const RECORD = statement(
  'webhook-delivery-record',
  `WITH recorded AS (
     UPDATE webhook_deliveries
        SET status = $3, next_attempt_at = $4, last_status = $5, last_error = $6, attempts = attempts + 1, tries = tries + 1,
            delivered_at = CASE WHEN $3 = 'delivered' THEN $7 ELSE delivered_at END, in_flight_until = NULL, updated_at = now()
      WHERE id = $1 AND epoch = $2 AND status = 'pending' AND in_flight_until IS NOT NULL
     RETURNING id, attempts, partner_id)
   INSERT INTO webhook_attempts (delivery_id, number, partner_id, at, duration_ms, status, error, response_excerpt)
   SELECT id, attempts, partner_id, $8::timestamptz, $9::integer, $5::smallint, $6::text, $10::text FROM recorded
   RETURNING number`,
);
export const CANCEL = statement(
  'webhook-delivery-cancel',
  `UPDATE webhook_deliveries SET status = 'cancelled', next_attempt_at = NULL, parked = false, in_flight_until = NULL, updated_at = now()
    WHERE id = $1 AND status = 'pending'`,
);
/** What is on the wire is left to its own end. */
export const CANCEL_PENDING = statement(
  'webhook-delivery-cancel-pending',
  `UPDATE webhook_deliveries SET status = 'cancelled', next_attempt_at = NULL, parked = false, in_flight_until = NULL, updated_at = now()
    WHERE endpoint_id = $1 AND status = 'pending' AND (in_flight_until IS NULL OR in_flight_until <= now())`,
);
export const GIVE_UP = statement(
  'webhook-delivery-give-up',
  `UPDATE webhook_deliveries
      SET status = 'failed', last_error = $2, next_attempt_at = NULL, parked = false, in_flight_until = NULL, updated_at = now()
    WHERE id = $1 AND status = 'pending'`,
);
/** Lets as many waiting deliveries go as the endpoint has places, oldest first. */
export const UNPARK = statement(
  'webhook-delivery-unpark',
  `UPDATE webhook_deliveries d SET parked = false
     FROM (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND parked ORDER BY id LIMIT greatest(0, ${FREE})) next
    WHERE d.id = next.id RETURNING d.id::text, d.attempts`,
);
export const REVIVE = statement(
  'webhook-delivery-revive',
  `UPDATE webhook_deliveries SET status = 'pending', tries = 0, next_attempt_at = now(), updated_at = now()
    WHERE id = $1 AND status IN (${REVIVABLE}) RETURNING attempts`,
);
export const HURRY = statement(
  'webhook-delivery-hurry',
  `UPDATE webhook_deliveries SET next_attempt_at = now(), updated_at = now()
    WHERE id = $1 AND status = 'pending' AND NOT parked AND coalesce(in_flight_until <= now(), true) RETURNING attempts`,
);
/** Statuses in $4: which of an endpoint's earlier deliveries to send again. They wait for the endpoint's places. */
export const REVIVE_RANGE = statement(
  'webhook-delivery-revive-range',
  `UPDATE webhook_deliveries d
      SET status = 'pending', tries = 0, next_attempt_at = now(), parked = true, updated_at = now()
     FROM webhook_events v
    WHERE d.endpoint_id = $1 AND v.partner_id = d.partner_id AND v.id = d.webhook_event_id
      AND v.occurred_at >= $2 AND v.occurred_at < $3 AND d.status = ANY($4::text[]) AND d.status IN (${REVIVABLE})`,
);
/** Events that the endpoint subscribes to now and was never promised: it was disabled, or not there yet. */
export const ADD_MISSED = statement(
  'webhook-delivery-add-missed',
  `INSERT INTO webhook_deliveries (partner_id, endpoint_id, webhook_event_id, type, parked)
   SELECT e.partner_id, e.id, v.id, v.type, true
     FROM webhook_endpoints e JOIN webhook_events v ON v.partner_id = e.partner_id
    WHERE e.id = $1 AND v.occurred_at >= $2 AND v.occurred_at < $3 AND e.events && ARRAY['*', v.type] AND v.type <> $4
    ORDER BY v.id
   ON CONFLICT (endpoint_id, webhook_event_id) DO NOTHING`,
);
export const ENDPOINTS_WITH_PARKED = statement(
  'webhook-delivery-endpoints-parked',
  `SELECT DISTINCT endpoint_id AS "endpointId" FROM webhook_deliveries WHERE parked`,
);
