import {
  type AttemptView,
  type DeliveryDetailView,
  type DeliveryView,
  type EndpointView,
  publicEventId,
} from '@isp/domain/webhooks';
import { toIsoSeconds } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => (instant ? toIsoSeconds(instant) : null);

export function presentEndpoint(view: EndpointView) {
  return {
    id: view.id,
    url: view.url,
    description: view.description,
    events: view.events,
    all_partners: view.allPartners,
    status: view.status,
    disabled_reason: view.disabledReason,
    failing_since: timeOrNull(view.failingSince),
    previous_secret_until: timeOrNull(view.previousSecretUntil),
    partner_id: view.partnerId,
    created_at: toIsoSeconds(view.createdAt),
    updated_at: toIsoSeconds(view.updatedAt),
  };
}

export function presentDelivery(view: DeliveryView) {
  return {
    id: view.id,
    endpoint_id: view.endpointId,
    event_id: publicEventId(view.eventId),
    event: view.type,
    status: view.status,
    attempts: view.attempts,
    next_attempt_at: timeOrNull(view.nextAttemptAt),
    last_response_status: view.lastStatus,
    last_error: view.lastError,
    delivered_at: timeOrNull(view.deliveredAt),
    occurred_at: toIsoSeconds(view.occurredAt),
    created_at: toIsoSeconds(view.createdAt),
    partner_id: view.partnerId,
  };
}

export function presentDeliveryDetail(view: DeliveryDetailView) {
  return { ...presentDelivery(view), payload: view.payload, attempt_log: view.attemptLog.map(presentAttempt) };
}

function presentAttempt(view: AttemptView) {
  return {
    number: view.number,
    at: toIsoSeconds(view.at),
    duration_ms: view.durationMs,
    response_status: view.status,
    error: view.error,
    response_excerpt: view.responseExcerpt,
  };
}
