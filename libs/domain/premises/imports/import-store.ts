import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { Connectivity } from '../areas/area.view.js';
import { premisesErrors } from '../premises.errors.js';
import { IMPORT_COLUMNS, type ImportKind, type ImportRowView, type ImportView } from './import.view.js';

const OPEN = statement(
  'imports-open',
  `INSERT INTO premise_imports AS m (kind, file_name, dry_run, connectivity, requested_by) VALUES ($1, $2, $3, $4, $5)
   RETURNING ${IMPORT_COLUMNS}`,
);
// What nobody finished handing in, and what nobody looks at any more.
const FORGET = statement(
  'imports-forget',
  `DELETE FROM premise_imports WHERE (status = 'receiving' AND created_at < now() - interval '1 day')
      OR finished_at < now() - interval '90 days'`,
);
const LOCK = statement('imports-lock', `SELECT ${IMPORT_COLUMNS} FROM premise_imports m WHERE m.id = $1 FOR UPDATE`);
const PUT_CHUNK = statement(
  'imports-put-chunk',
  `INSERT INTO premise_import_chunks (import_id, number, content) VALUES ($1, $2, $3)
   ON CONFLICT (import_id, number) DO NOTHING`,
);
const DROP_CHUNK = statement(
  'imports-drop-chunk',
  'DELETE FROM premise_import_chunks WHERE import_id = $1 AND number = $2',
);
const CHUNK = statement(
  'imports-chunk',
  'SELECT content FROM premise_import_chunks WHERE import_id = $1 AND number = $2',
);
const MEASURE = statement(
  'imports-measure',
  `SELECT coalesce(sum(octet_length(content)), 0)::float8 AS bytes, count(*)::integer AS parts, coalesce(max(number), 0) AS last
     FROM premise_import_chunks WHERE import_id = $1`,
);
const QUEUE = statement(
  'imports-queue',
  `UPDATE premise_imports SET status = $2, bytes = $3, digest = $4 WHERE id = $1`,
);
const START = statement(
  'imports-start',
  `UPDATE premise_imports m SET status = 'running', started_at = coalesce(started_at, now())
    WHERE m.id = $1 AND m.status IN ('queued', 'running') RETURNING ${IMPORT_COLUMNS}`,
);
const ADVANCE = statement(
  'imports-advance',
  `UPDATE premise_imports SET position = position + $3, bytes_done = $4, created = created + $5, changed = changed + $6,
          unchanged = unchanged + $7, rejected = rejected + $8
    WHERE id = $1 AND position = $2 AND status = 'running'`,
);
const REPORT = statement(
  'imports-report',
  `INSERT INTO premise_import_rows (import_id, row, outcome, subject_id, message)
   SELECT $1, r.* FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::text[]) r`,
);
const FINISH = statement(
  'imports-finish',
  `WITH gone AS (DELETE FROM premise_import_chunks WHERE import_id = $1)
   UPDATE premise_imports m SET status = $2, error = $3, finished_at = now(),
          bytes_done = CASE $2 WHEN 'succeeded' THEN m.bytes ELSE m.bytes_done END
    WHERE m.id = $1 AND m.finished_at IS NULL RETURNING ${IMPORT_COLUMNS}`,
);
const UNFINISHED = statement(
  'imports-unfinished',
  `SELECT ${IMPORT_COLUMNS} FROM premise_imports m
    WHERE m.kind = $1 AND m.dry_run = $2 AND m.digest = $3 AND m.status IN ('queued', 'running') ORDER BY m.id LIMIT 1`,
);

export interface NewImport {
  readonly kind: ImportKind;
  readonly fileName: string;
  readonly dryRun: boolean;
  readonly connectivity: Connectivity | null;
  readonly requestedBy: string;
}

/** How far an import has come since its last step. */
export interface Advance {
  readonly from: number;
  readonly rows: readonly ImportRowView[];
  readonly bytesDone: number;
}

/** Rows of imports, inside the caller's transaction. */
@Injectable()
export class ImportStore {
  constructor(private readonly uow: UnitOfWork) {}

  async open({ kind, fileName, dryRun, connectivity, requestedBy }: NewImport): Promise<ImportView> {
    await this.uow.tx.execute(FORGET);
    return (await this.uow.tx.one<ImportView>(OPEN, [kind, fileName, dryRun, connectivity, requestedBy])) as ImportView;
  }

  /** @throws `premises.import.not_found` */
  async lock(id: number): Promise<ImportView> {
    const found = await this.uow.tx.one<ImportView>(LOCK, [id]);
    if (!found) throw premisesErrors('premises.import.not_found');
    return found;
  }

  /** Numbered from 1; handed in again it replaces what was there. */
  async putChunk(id: number, number: number, content: Uint8Array): Promise<void> {
    await this.uow.tx.execute(DROP_CHUNK, [id, number]);
    await this.uow.tx.execute(PUT_CHUNK, [id, number, content]);
  }

  async chunk(id: number, number: number): Promise<Uint8Array | undefined> {
    return (await this.uow.tx.one<{ content: Uint8Array }>(CHUNK, [id, number]))?.content;
  }

  async measure(id: number): Promise<{ readonly bytes: number; readonly parts: number; readonly last: number }> {
    return (await this.uow.tx.one<{ bytes: number; parts: number; last: number }>(MEASURE, [id])) as never;
  }

  async queue(id: number, bytes: number, digest: string | null): Promise<void> {
    await this.uow.tx.execute(QUEUE, [id, 'queued', bytes, digest]);
  }

  /** Undefined when it is over, or was taken back. */
  start(id: number): Promise<ImportView | undefined> {
    return this.uow.tx.one<ImportView>(START, [id]);
  }

  /** Notes rows as done. False when somebody else did, or the import was taken back: nothing may be committed then. */
  async advance(id: number, { from, rows, bytesDone }: Advance): Promise<boolean> {
    const count = (outcome: string): number => rows.filter((row) => row.outcome === outcome).length;
    const counts = [count('created'), count('changed'), count('unchanged'), count('rejected')];
    if ((await this.uow.tx.execute(ADVANCE, [id, from, rows.length, bytesDone, ...counts])) === 0) return false;
    await this.uow.tx.execute(REPORT, [
      id,
      rows.map(({ row }) => row),
      rows.map(({ outcome }) => outcome),
      rows.map(({ subjectId }) => subjectId),
      rows.map(({ message }) => message),
    ]);
    return true;
  }

  /** Undefined when it is over already. */
  finish(
    id: number,
    status: 'succeeded' | 'failed' | 'cancelled',
    error: string | null,
  ): Promise<ImportView | undefined> {
    return this.uow.tx.one<ImportView>(FINISH, [id, status, error]);
  }

  /** An import of the very same file that was cut short. */
  unfinished(kind: ImportKind, dryRun: boolean, digest: string): Promise<ImportView | undefined> {
    return this.uow.tx.one<ImportView>(UNFINISHED, [kind, dryRun, digest]);
  }
}
