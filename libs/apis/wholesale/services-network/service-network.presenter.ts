import type {
  AuthAttemptView,
  Credentials,
  DeviceStatusView,
  RadiusSessionView,
  ReadingName,
} from '@isp/domain/network';
import type { UsageOfPeriod } from '@isp/domain/usage';
import { upperUuid } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => instant && instant.toISOString();

/** The device of a service, fields in the order of the document; null for what was never seen. */
export function presentDeviceStatus(serviceGuid: string, status: DeviceStatusView) {
  const { reading } = status;
  // A device that was never read has no state, good or bad.
  const levelOf = (name: ReadingName, value: number | null | undefined) =>
    status.levels[name] ?? (typeof value === 'number' ? ('ok' as const) : null);
  const sfpReceives = reading?.sfpRxPowerDbm == null ? 'oltRxPowerDbm' : 'sfpRxPowerDbm';
  const sfpRxPower = reading?.[sfpReceives] ?? null;
  return {
    network: status.olt ?? status.switch,
    pop: status.nodeCode,
    serial_number: status.serialNumber,
    gpon_status: reading?.gponStatus ?? null,
    cpe: reading?.cpe ?? null,
    model: status.model,
    last_updated: timeOrNull(status.readAt),
    service: upperUuid(serviceGuid),
    pop_name: status.nodeName,
    alerts: status.warnings,
    alarms: status.criticals,
    populated_ports: reading?.populatedPorts ?? null,
    olt_port: status.ponPort,
    distance: reading?.distanceMetres ?? null,
    rx_status: levelOf('rxPowerDbm', reading?.rxPowerDbm),
    rx_power: reading?.rxPowerDbm ?? null,
    sfp_status: reading?.sfpStatus ?? null,
    sfp_power: reading?.sfpPowerDbm ?? null,
    sfp_rx_status: levelOf(sfpReceives, sfpRxPower),
    sfp_rx_power: sfpRxPower,
    tx_power: reading?.txPowerDbm ?? null,
    tx_status: levelOf('txPowerDbm', reading?.txPowerDbm),
    switch: status.switch,
    sfp_sync_speed: reading?.sfpSyncSpeed ?? null,
    switch_port: reading?.switchPort ?? null,
  };
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
