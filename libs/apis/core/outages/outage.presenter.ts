import type { Actor } from '@isp/contracts';
import type { AffectedServiceView, NoticeView, OutageCorrectionView, OutageView } from '@isp/domain/outages';
import { toIsoSeconds } from '@isp/kernel';

export const isoOrNull = (at: Date | null): string | null => at && toIsoSeconds(at);

/** What stands where is the operator's to know. */
export function presentOutage(actor: Actor, outage: OutageView) {
  const own = actor.reach === 'all';
  return {
    id: outage.id,
    title: outage.title,
    status: outage.status,
    origin: outage.origin,
    device_id: own ? outage.deviceId : null,
    node_id: own ? outage.nodeId : null,
    place: own ? outage.place : null,
    started_at: toIsoSeconds(outage.startedAt),
    detected_at: toIsoSeconds(outage.detectedAt),
    ended_at: isoOrNull(outage.endedAt),
    closes_at: isoOrNull(outage.closesAt),
    flaps: outage.flaps,
    merged_into_id: outage.mergedIntoId,
    ticket_id: own ? outage.ticketId : null,
    affected_services: outage.affectedServices,
    affected_customers: outage.affectedCustomers,
    opened_by: own ? outage.openedBy : null,
    created_at: toIsoSeconds(outage.createdAt),
    updated_at: toIsoSeconds(outage.updatedAt),
  };
}

export function presentAffected({ serviceId, customerId, partnerId }: AffectedServiceView) {
  return { service_id: serviceId, customer_id: customerId, partner_id: partnerId };
}

export function presentCorrection(actor: Actor, one: OutageCorrectionView) {
  const was = { started_at: toIsoSeconds(one.wasStartedAt), ended_at: isoOrNull(one.wasEndedAt) };
  const now = { started_at: toIsoSeconds(one.startedAt), ended_at: isoOrNull(one.endedAt) };
  return {
    id: one.id,
    at: toIsoSeconds(one.at),
    corrected_by: actor.reach === 'all' ? one.correctedBy : 'operator',
    reason: one.reason,
    was: { status: one.wasStatus, ...was },
    now: { status: one.status, ...now },
  };
}

export function presentNotice(notice: NoticeView) {
  return {
    id: notice.id,
    customer_id: notice.customerId,
    subject: notice.subject,
    subject_id: notice.subjectId,
    kind: notice.kind,
    title: notice.title,
    service_ids: notice.serviceIds,
    starts_at: toIsoSeconds(notice.startsAt),
    ends_at: isoOrNull(notice.endsAt),
    at: toIsoSeconds(notice.at),
  };
}
