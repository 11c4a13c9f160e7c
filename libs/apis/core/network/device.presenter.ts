import type {
  AlarmView,
  DeviceModelView,
  DeviceReading,
  DeviceStatusView,
  DeviceView,
  NodeView,
  SampleView,
  ThresholdView,
  TopologyEntry,
} from '@isp/domain/network';
import { snakeCase, toIsoSeconds } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => (instant ? toIsoSeconds(instant) : null);

export function presentNode(node: NodeView) {
  const { id, code, name, kind, address, latitude, longitude, status } = node;
  const times = { created_at: toIsoSeconds(node.createdAt), updated_at: toIsoSeconds(node.updatedAt) };
  return { id, code, name, kind, address, latitude, longitude, status, ...times };
}

export function presentDevice(device: DeviceView) {
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    driver: device.driver,
    session_driver: device.sessionDriver,
    status_driver: device.statusDriver,
    settings: device.settings,
    management_address: device.address,
    node_id: device.nodeId,
    node_code: device.nodeCode,
    parent_id: device.parentId,
    model_id: device.modelId,
    model: device.modelName,
    serial_number: device.serialNumber,
    firmware: device.firmware,
    olt_id: device.oltId,
    pon_port: device.ponPort,
    onu_index: device.onuIndex,
    service_id: device.serviceId,
    poll_interval_seconds: device.pollIntervalSeconds,
    has_credentials: device.hasCredentials,
    reachability: device.reachability,
    last_seen_at: timeOrNull(device.lastSeenAt),
    status: device.status,
    created_at: toIsoSeconds(device.createdAt),
    updated_at: toIsoSeconds(device.updatedAt),
  };
}

export function presentModel(model: DeviceModelView) {
  const { id, name, kind, vendor } = model;
  const oids = Object.fromEntries(Object.entries(model.oids).map(([reading, entry]) => [snakeCase(reading), entry]));
  const times = { created_at: toIsoSeconds(model.createdAt), updated_at: toIsoSeconds(model.updatedAt) };
  return { id, name, kind, vendor, oids, ...times };
}

export function presentStatus(view: DeviceStatusView) {
  return {
    device_id: view.deviceId,
    name: view.name,
    kind: view.kind,
    model: view.model,
    serial_number: view.serialNumber,
    service_id: view.serviceId,
    pop: view.nodeCode,
    pop_name: view.nodeName,
    olt: view.olt,
    olt_port: view.ponPort,
    onu_index: view.onuIndex,
    switch: view.switch,
    reachability: view.reachability,
    reachability_changed_at: timeOrNull(view.changedAt),
    last_seen_at: timeOrNull(view.lastSeenAt),
    last_asked_at: timeOrNull(view.askedAt),
    last_error: view.error,
    last_updated: timeOrNull(view.readAt),
    reading: view.reading && presentReading(view.reading),
    alerts: view.warnings,
    alarms: view.criticals,
  };
}

function presentReading(reading: DeviceReading): Record<string, string | number | boolean | null> {
  return Object.fromEntries(Object.entries(reading).map(([name, value]) => [snakeCase(name), value]));
}

export function presentSample({ at, samples, online, ...figures }: SampleView) {
  const told = Object.entries(figures).map(([name, spread]) => [snakeCase(name), spread] as const);
  return { at: at.toISOString(), samples, online, ...Object.fromEntries(told) };
}

export function presentAlarm(alarm: AlarmView) {
  return {
    id: alarm.id,
    device_id: alarm.deviceId,
    device: alarm.deviceName,
    source: alarm.source,
    metric: alarm.metric && snakeCase(alarm.metric),
    severity: alarm.severity,
    status: alarm.status,
    message: alarm.message,
    value: alarm.value,
    occurrences: alarm.occurrences,
    raised_at: toIsoSeconds(alarm.raisedAt),
    last_seen_at: toIsoSeconds(alarm.seenAt),
    acknowledged_at: timeOrNull(alarm.acknowledgedAt),
    acknowledged_by: alarm.acknowledgedBy,
    note: alarm.note,
    cleared_at: timeOrNull(alarm.clearedAt),
  };
}

export function presentThreshold(threshold: ThresholdView) {
  const { id, metric, modelId, kind, direction, warning, critical, hysteresis, holdSeconds } = threshold;
  const levels = { direction, warning, critical, hysteresis, hold_seconds: holdSeconds };
  return { id, metric: snakeCase(metric), model_id: modelId, kind, ...levels };
}

export interface TopologyNode {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly node_id: number | null;
  readonly reachability: string;
  readonly children: TopologyNode[];
}

/** What hangs below what; a device whose parent is not in the list stands at the top. */
export function presentTopology(entries: readonly TopologyEntry[]): TopologyNode[] {
  const nodes = new Map(
    entries.map(({ id, name, kind, nodeId, reachability }) => {
      const node: TopologyNode = { id, name, kind, node_id: nodeId, reachability, children: [] };
      return [id, node] as const;
    }),
  );
  const top: TopologyNode[] = [];
  for (const { id, parentId } of entries) {
    const siblings = (parentId === null ? undefined : nodes.get(parentId)?.children) ?? top;
    siblings.push(nodes.get(id) as TopologyNode);
  }
  return top;
}
