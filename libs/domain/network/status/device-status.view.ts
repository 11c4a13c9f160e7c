import type { AlarmSeverity } from '../alarms/alarm.view.js';
import type { DeviceKind, Reachability } from '../devices/device.view.js';
import type { DeviceReading, ReadingName } from '../drivers/status-driver.port.js';

/** A device's last known state. What was never seen is null. */
export interface DeviceStatusView {
  readonly deviceId: number;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly serviceId: number | null;
  readonly serialNumber: string | null;
  readonly model: string | null;
  readonly nodeCode: string | null;
  readonly nodeName: string | null;
  readonly ponPort: string | null;
  readonly onuIndex: number | null;
  /** The OLT that carries it, and the switch that it hangs below. */
  readonly olt: string | null;
  readonly switch: string | null;
  readonly reachability: Reachability;
  readonly changedAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** When it was last asked, and why that brought nothing (an error code). */
  readonly askedAt: Date | null;
  readonly error: string | null;
  readonly reading: DeviceReading | null;
  /** When `reading` was taken. */
  readonly readAt: Date | null;
  /** Messages of alarms that are not cleared. */
  readonly warnings: readonly string[];
  readonly criticals: readonly string[];
  /** The worst alarm that is not cleared of each reading that has one. */
  readonly levels: Readonly<Partial<Record<ReadingName, AlarmSeverity>>>;
}

const alarms = (severity: string): string =>
  `ARRAY(SELECT a.message FROM alarms a WHERE a.device_id = d.id AND a.status <> 'cleared' AND a.severity = '${severity}' ORDER BY a.id)`;

// Of two alarms about one reading the last key stays: the critical one.
const LEVELS = `(SELECT coalesce(jsonb_object_agg(a.metric, a.severity ORDER BY a.severity = 'critical'), '{}') FROM alarms a
   WHERE a.device_id = d.id AND a.status <> 'cleared' AND a.metric IS NOT NULL)`;

export const STATUS_COLUMNS = `d.id AS "deviceId", d.name, d.kind, d.service_id AS "serviceId", d.serial_number AS "serialNumber",
  m.name AS model, coalesce(n.code, pn.code) AS "nodeCode", coalesce(n.name, pn.name) AS "nodeName", d.pon_port AS "ponPort",
  d.onu_index AS "onuIndex", o.name AS olt, CASE WHEN p.kind = 'switch' THEN p.name END AS switch,
  coalesce(s.reachability, 'unknown') AS reachability, s.changed_at AS "changedAt", s.last_seen_at AS "lastSeenAt",
  s.asked_at AS "askedAt", s.error, s.reading, s.read_at AS "readAt",
  ${alarms('warning')} AS warnings, ${alarms('critical')} AS criticals,
  ${LEVELS} AS levels`;

/** An ONT without a node of its own stands at its OLT's. */
export const STATUS_TABLES = `devices d LEFT JOIN device_models m ON m.id = d.model_id LEFT JOIN network_nodes n ON n.id = d.node_id
  LEFT JOIN devices o ON o.id = d.olt_id LEFT JOIN devices p ON p.id = d.parent_id LEFT JOIN network_nodes pn ON pn.id = o.node_id
  LEFT JOIN device_status s ON s.device_id = d.id`;
