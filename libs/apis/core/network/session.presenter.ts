import type { AuthAttemptView, RadiusSessionView } from '@isp/domain/network';
import { toIsoSeconds } from '@isp/kernel';

export function presentSession(session: RadiusSessionView) {
  return {
    id: session.id,
    session_id: session.sessionId,
    state: session.stoppedAt === null ? 'open' : 'closed',
    username: session.username,
    customer_id: session.customerId,
    service_id: session.serviceId,
    nas_address: session.nasAddress,
    nas_identifier: session.nasIdentifier,
    nas_port_id: session.nasPortId,
    calling_station_id: session.callingStationId,
    framed_ip_address: session.framedAddress,
    framed_ipv6_prefix: session.framedIpv6Prefix,
    delegated_ipv6_prefix: session.delegatedIpv6Prefix,
    started_at: toIsoSeconds(session.startedAt),
    updated_at: toIsoSeconds(session.updatedAt),
    stopped_at: session.stoppedAt && toIsoSeconds(session.stoppedAt),
    session_seconds: session.seconds,
    bytes_uploaded: Number(session.uploaded),
    bytes_downloaded: Number(session.downloaded),
    ipv6_bytes_uploaded: Number(session.ipv6Uploaded),
    ipv6_bytes_downloaded: Number(session.ipv6Downloaded),
    terminate_cause: session.terminateCause,
  };
}

export function presentAttempt(attempt: AuthAttemptView) {
  return {
    id: attempt.id,
    username: attempt.username,
    service_id: attempt.serviceId,
    result: attempt.accepted ? 'accepted' : 'rejected',
    reason: attempt.reason,
    nas_address: attempt.nasAddress,
    nas_identifier: attempt.nasIdentifier,
    nas_port_id: attempt.nasPortId,
    calling_station_id: attempt.callingStationId,
    at: toIsoSeconds(attempt.at),
  };
}
