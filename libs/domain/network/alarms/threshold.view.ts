import type { DeviceKind } from '../devices/device.view.js';
import { READINGS, READING_NAMES, type ReadingName } from '../drivers/status-driver.port.js';
import type { Threshold } from './threshold.policy.js';

/** The readings that a threshold can be set on. */
export const ALARM_METRICS = READING_NAMES.filter((name) => READINGS[name] === 'number');

export interface ThresholdView extends Threshold {
  readonly id: number;
  readonly metric: ReadingName;
  /** Null: every model, or every kind. */
  readonly modelId: number | null;
  readonly kind: DeviceKind | null;
  readonly version: number;
}

/** Of `alarm_thresholds t`. */
export const THRESHOLD_COLUMNS = `t.id, t.metric, t.model_id AS "modelId", t.kind, t.direction, t.warning, t.critical, t.hysteresis,
  t.hold_seconds AS "holdSeconds", t.version`;
