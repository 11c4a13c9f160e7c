import {
  type AuthAttemptView,
  type Credentials,
  type DeviceStatusView,
  type RadiusSessionView,
  type ReadingName,
  readingOf,
} from '@isp/domain/network';
import type { UsageOfPeriod } from '@isp/domain/usage';
import { upperUuid } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => instant && instant.toISOString();

/** A device that was never read. */
const UNREAD = readingOf({});

/** The device of a service, fields in the order of the document; null for what was never seen. */
export function presentDeviceStatus(serviceGuid: string, status: DeviceStatusView) {
  const reading = status.reading ?? UNREAD;
  // The optics of its OLT receive the device where there are none of its own.
  const sfpReceives = reading.sfpRxPowerDbm === null ? 'oltRxPowerDbm' : 'sfpRxPowerDbm';
  return {
    network: status.olt ?? status.switch,
    pop: status.nodeCode,
    serial_number: status.serialNumber,
    gpon_status: reading.gponStatus,
    cpe: reading.cpe,
    model: status.model,
    last_updated: timeOrNull(status.readAt),
    service: upperUuid(serviceGuid),
    pop_name: status.nodeName,
    alerts: status.warnings,
    alarms: status.criticals,
    populated_ports: reading.populatedPorts,
    olt_port: status.ponPort,
    distance: reading.distanceMetres,
    rx_status: levelOf(status, 'rxPowerDbm'),
    rx_power: reading.rxPowerDbm,
    sfp_status: reading.sfpStatus,
    sfp_power: reading.sfpPowerDbm,
    sfp_rx_status: levelOf(status, sfpReceives),
    sfp_rx_power: reading[sfpReceives],
    tx_power: reading.txPowerDbm,
    tx_status: levelOf(status, 'txPowerDbm'),
    switch: status.switch,
    sfp_sync_speed: reading.sfpSyncSpeed,
    switch_port: reading.switchPort,
  };
}

/** How good a figure is by its alarms; what was never read is neither good nor bad. */
function levelOf({ levels, reading }: DeviceStatusView, name: ReadingName) {
  return levels[name] ?? (typeof reading?.[name] === 'number' ? ('ok' as const) : null);
}

export interface RadiusStatus {
  /** None before the service is on the network. */
  readonly credentials: Credentials | undefined;
  readonly attempts: readonly AuthAttemptView[];
  readonly sessions: readonly RadiusSessionView[];
}

/** What RADIUS knows of a service: log-in, attempts and sessions, newest first. */
export function presentRadiusStatus({ credentials, attempts, sessions }: RadiusStatus) {
  return {
    username: credentials?.username ?? null,
    password: credentials?.password ?? null,
    authentication_attempts: attempts.map(({ at, accepted }) => ({
      date: at.toISOString(),
      reply: accepted ? 'Access-Accept' : 'Access-Reject',
    })),
    accounting: sessions.map((session) => ({
      session_id: session.sessionId,
      username: session.username,
      ipaddress: session.framedAddress,
      acct_start_time: session.startedAt.toISOString(),
      acct_stop_time: timeOrNull(session.stoppedAt),
      session_time: session.seconds,
      input_octets: Number(session.uploaded),
      output_octets: Number(session.downloaded),
      ipv6_input_octets: Number(session.ipv6Uploaded),
      ipv6_output_octets: Number(session.ipv6Downloaded),
      terminate_cause: session.terminateCause,
      update_time: session.updatedAt.toISOString(),
    })),
  };
}

/** A day's bytes: IPv4, IPv6, and both together. */
export function presentUsageDay({ period, download, upload, ipv6Download, ipv6Upload }: UsageOfPeriod) {
  return {
    date: period,
    bytes_downloaded: download - ipv6Download,
    bytes_uploaded: upload - ipv6Upload,
    i_pv6_bytes_downloaded: ipv6Download,
    i_pv6_bytes_uploaded: ipv6Upload,
    total_bytes_downloaded: download,
    total_bytes_uploaded: upload,
  };
}
