import type { Connectivity } from '../areas/area.view.js';

export const IMPORT_KINDS = ['addresses_csv', 'coverage_geojson', 'coverage_kml'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];
export const IMPORT_STATUSES = ['receiving', 'queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];
export const ROW_OUTCOMES = ['created', 'changed', 'unchanged', 'rejected'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

export interface ImportView {
  readonly id: number;
  readonly kind: ImportKind;
  readonly fileName: string;
  readonly dryRun: boolean;
  readonly connectivity: Connectivity | null;
  readonly status: ImportStatus;
  readonly bytes: number;
  readonly bytesDone: number;
  /** Rows that are done. */
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly error: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface ImportRowView {
  /** Of a CSV file the line in which the row begins, of the others the number of the feature. */
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly subjectId: number | null;
  readonly message: string | null;
}

/** Columns of `premise_imports m`. */
export const IMPORT_COLUMNS = `m.id, m.kind, m.file_name AS "fileName", m.dry_run AS "dryRun", m.connectivity, m.status,
  m.bytes::float8 AS bytes, m.bytes_done::float8 AS "bytesDone", m.position AS rows, m.created, m.changed, m.unchanged, m.rejected,
  m.error, m.requested_by AS "requestedBy", m.created_at AS "createdAt", m.started_at AS "startedAt", m.finished_at AS "finishedAt"`;
