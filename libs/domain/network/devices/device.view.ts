export const DEVICE_KINDS = ['router', 'bng', 'switch', 'olt', 'ont'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export const REACHABILITY = ['unknown', 'up', 'down'] as const;
export type Reachability = (typeof REACHABILITY)[number];

/** A device without its credentials. */
export interface DeviceView {
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  readonly kind: DeviceKind;
  /** Who configures subscribers on it, ends sessions on it, asks how it is; null: nobody. */
  readonly driver: string | null;
  readonly sessionDriver: string | null;
  readonly statusDriver: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly nodeId: number | null;
  readonly nodeCode: string | null;
  readonly nodeName: string | null;
  readonly parentId: number | null;
  readonly modelId: number | null;
  readonly modelName: string | null;
  readonly serialNumber: string | null;
  readonly firmware: string | null;
  readonly oltId: number | null;
  readonly ponPort: string | null;
  readonly onuIndex: number | null;
  readonly serviceId: number | null;
  readonly pollIntervalSeconds: number;
  /** Whether credentials are kept for it. */
  readonly hasCredentials: boolean;
  readonly reachability: Reachability;
  readonly lastSeenAt: Date | null;
  readonly status: 'active' | 'retired';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const DEVICE_COLUMNS = `d.id, d.guid, d.name, d.kind, d.driver, d.session_driver AS "sessionDriver",
  d.status_driver AS "statusDriver", d.settings, host(d.management_address) AS address, d.node_id AS "nodeId",
  n.code AS "nodeCode", n.name AS "nodeName", d.parent_id AS "parentId", d.model_id AS "modelId", m.name AS "modelName",
  d.serial_number AS "serialNumber", d.firmware, d.olt_id AS "oltId", d.pon_port AS "ponPort", d.onu_index AS "onuIndex",
  d.service_id AS "serviceId", d.poll_interval_seconds AS "pollIntervalSeconds", d.secrets_sealed IS NOT NULL AS "hasCredentials",
  coalesce(s.reachability, 'unknown') AS reachability, s.last_seen_at AS "lastSeenAt", d.status, d.version,
  d.created_at AS "createdAt", d.updated_at AS "updatedAt"`;

export const DEVICE_TABLES = `devices d LEFT JOIN network_nodes n ON n.id = d.node_id LEFT JOIN device_models m ON m.id = d.model_id
  LEFT JOIN device_status s ON s.device_id = d.id`;
