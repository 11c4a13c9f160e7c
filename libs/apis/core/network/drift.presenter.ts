import type { DesiredView, DriftView, ObservedSessionView } from '@isp/domain/network';
import { toIsoSeconds } from '@isp/kernel';

export function presentDrift(drift: DriftView) {
  return {
    id: drift.id,
    state: drift.repairedAt === null ? 'open' : 'repaired',
    kind: drift.kind,
    customer_id: drift.customerId,
    service_id: drift.serviceId,
    desired: drift.desired,
    observed: drift.observed,
    cause: drift.cause,
    attempts: drift.attempts,
    detected_at: toIsoSeconds(drift.detectedAt),
    repaired_at: drift.repairedAt && toIsoSeconds(drift.repairedAt),
    repair: drift.repair,
  };
}

export function presentServiceNetwork({
  desired,
  sessions,
}: {
  readonly desired: DesiredView;
  readonly sessions: readonly ObservedSessionView[];
}) {
  return {
    service_id: desired.serviceId,
    convergence: {
      state: desired.convergence,
      error: desired.error,
      attempts: desired.attempts,
      desired_version: desired.desiredVersion,
      confirmed_version: desired.confirmedVersion,
      changed_at: toIsoSeconds(desired.changedAt),
      confirmed_at: desired.confirmedAt && toIsoSeconds(desired.confirmedAt),
    },
    desired: {
      access: desired.access,
      ip_address: desired.address,
      bandwidth_profile: desired.profile,
      download_kbps: desired.downloadKbps,
      upload_kbps: desired.uploadKbps,
      throttled: desired.throttled,
      router_id: desired.routerId,
      username: desired.username,
    },
    observed: { online: sessions.length > 0, sessions: sessions.map(presentObserved) },
  };
}

function presentObserved(session: ObservedSessionView) {
  return {
    id: session.id,
    session_id: session.sessionId,
    nas_address: session.nasAddress,
    ip_address: session.address,
    access: session.access,
    download_kbps: session.downloadKbps,
    upload_kbps: session.uploadKbps,
    version: session.version,
    started_at: toIsoSeconds(session.startedAt),
    updated_at: toIsoSeconds(session.updatedAt),
    disconnected_at: session.disconnectedAt && toIsoSeconds(session.disconnectedAt),
    controllable: session.reachable,
  };
}
