import { CONNECTIVITIES, IMPORT_KINDS, IMPORT_STATUSES, ROW_OUTCOMES, IMPORT_SORTING } from '@isp/domain/premises';
import { identifier, wholeNumber } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

export const createImportBody = z.strictObject({
  kind: z.enum(IMPORT_KINDS),
  file_name: identifier(200).optional(),
  dry_run: z.boolean().optional().describe('Say what would happen, and change nothing'),
  connectivity: z.enum(CONNECTIVITIES).optional().describe('What areas are that do not say it themselves'),
});
export type CreateImportBody = z.infer<typeof createImportBody>;

export const MAX_PART_NUMBER = 1000;
export const partNumber = wholeNumber(MAX_PART_NUMBER);

export const importsQuery = sortedQuery({ status: z.enum(IMPORT_STATUSES).optional() }, IMPORT_SORTING);
export type ImportsQuery = z.infer<typeof importsQuery>;
export const rowsQuery = listQuery({ outcome: z.enum(ROW_OUTCOMES).optional() });
export type RowsQuery = z.infer<typeof rowsQuery>;

export const importShape = z.object({
  id: z.int(),
  kind: z.enum(IMPORT_KINDS),
  file_name: z.string(),
  dry_run: z.boolean(),
  connectivity: z.enum(CONNECTIVITIES).nullable(),
  status: z.enum(IMPORT_STATUSES),
  bytes: z.int(),
  progress_percent: z.number(),
  rows: z.object({ done: z.int(), created: z.int(), changed: z.int(), unchanged: z.int(), rejected: z.int() }),
  error: z.string().nullable(),
  requested_by: z.string(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
});
export const importsShape = listShape('imports', importShape);
export const rowsShape = listShape(
  'rows',
  z.object({
    row: z.int(),
    outcome: z.enum(ROW_OUTCOMES),
    subject_id: z.int().nullable(),
    message: z.string().nullable(),
  }),
);

export const importExample = {
  id: 3,
  kind: 'addresses_csv',
  file_name: 'randfontein.csv',
  dry_run: false,
  connectivity: null,
  status: 'running',
  bytes: 104857600,
  progress_percent: 42.5,
  rows: { done: 425000, created: 424000, changed: 0, unchanged: 990, rejected: 10 },
  error: null,
  requested_by: 'user:4',
  created_at: '2025-01-29T10:30:00Z',
  started_at: '2025-01-29T10:30:05Z',
  finished_at: null,
};
