import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { WorkQueue } from '@isp/platform/work';
import { premisesErrors } from '../premises.errors.js';
import { EVERYWHERE } from '../register/locate-premises.usecase.js';
import { addressesOf } from './addresses-csv.js';
import { areasOfGeoJson } from './coverage-geojson.js';
import { areasOfKml } from './coverage-kml.js';
import { ImportBatch } from './import-batch.js';
import { ImportStore } from './import-store.js';
import type { ImportRowView, ImportView } from './import.view.js';
import { FileError, type SourceRow } from './source.js';

const ACTOR = systemActor('import');
/** Rows in one transaction, and in memory. */
const BATCH = { addresses_csv: 2_500, coverage_geojson: 200, coverage_kml: 200 } as const;

export interface ImportProgress {
  readonly rows: number;
  readonly bytesDone: number;
  readonly bytes: number;
}

// An import may take its time, whatever the process that runs it allows for a request.
const PATIENCE = statement('imports-patience', `SELECT set_config('statement_timeout', '60s', true)`);

interface Surroundings {
  /** Before each transaction's work; throws when this run was overtaken. */
  readonly fence?: () => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (at: ImportProgress) => void;
}

type Rows = AsyncIterable<SourceRow<never> & { readonly bytes: number }>;

/**
 * Carries out an import that was handed in. Every batch and the note that it is done are one transaction, so whoever
 * goes on after a crash goes on behind the last batch, and two that run at once do nothing twice.
 */
@Injectable()
export class RunImport {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly imports: ImportStore,
    private readonly batches: ImportBatch,
    private readonly work: WorkQueue,
  ) {}

  /** It cannot go on. In the caller's transaction. */
  async giveUp(id: number, reason: string): Promise<void> {
    await this.imports.finish(id, 'failed', reason.slice(0, 500));
  }

  /** Answers the import as it ended; undefined when there was nothing to do any more. */
  async execute(id: number, around: Surroundings = {}): Promise<ImportView | undefined> {
    const started = await this.uow.run(ACTOR, () => this.imports.start(id));
    if (!started) return undefined;
    try {
      await this.carryOut(started, around);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return this.finish(started, 'failed', error.message.slice(0, 500));
    }
    return this.finish(started, 'succeeded', null);
  }

  private async carryOut(started: ImportView, around: Surroundings): Promise<void> {
    let position = started.rows;
    let skip = started.rows;
    let batch: (SourceRow<never> & { readonly bytes: number })[] = [];
    // The next rows are read while the last ones are written.
    let writing: Promise<void> = Promise.resolve();
    const write = async (): Promise<void> => {
      const rows = batch;
      batch = [];
      await writing;
      writing = this.write(started, position, rows, around);
      writing.catch(() => undefined);
      position += rows.length;
    };
    try {
      for await (const row of this.rowsOf(started)) {
        if (skip > 0) skip -= 1;
        else batch.push(row);
        if (batch.length >= BATCH[started.kind]) await write();
      }
    } finally {
      await writing;
    }
    if (batch.length > 0) await write();
    await writing;
  }

  private async write(
    { id, bytes, kind, dryRun }: ImportView,
    from: number,
    rows: readonly (SourceRow<never> & { readonly bytes: number })[],
    { fence, signal, onProgress }: Surroundings,
  ): Promise<void> {
    signal?.throwIfAborted();
    const bytesDone = rows.at(-1)?.bytes ?? 0;
    await this.uow.run(ACTOR, async (tx) => {
      await tx.query(PATIENCE);
      await fence?.();
      const done: ImportRowView[] =
        kind === 'addresses_csv'
          ? await this.batches.addresses(rows, dryRun)
          : await this.batches.coverage(rows, dryRun);
      if (!(await this.imports.advance(id, { from, rows: done, bytesDone })))
        throw premisesErrors('premises.import.overtaken');
      failPoint('premises.import-batch');
    });
    onProgress?.({ rows: from + rows.length, bytesDone, bytes });
  }

  private rowsOf({ id, kind, connectivity }: ImportView): Rows {
    const content = this.content(id);
    if (kind === 'addresses_csv') return addressesOf(content) as Rows;
    return (kind === 'coverage_geojson' ? areasOfGeoJson : areasOfKml)(content, connectivity) as Rows;
  }

  private async *content(id: number): AsyncGenerator<Uint8Array> {
    for (let number = 1; ; number += 1) {
      const chunk = await this.uow.run(ACTOR, () => this.imports.chunk(id, number));
      if (!chunk) return;
      yield chunk;
    }
  }

  private finish(
    started: ImportView,
    status: 'succeeded' | 'failed',
    error: string | null,
  ): Promise<ImportView | undefined> {
    return this.uow.run(ACTOR, async () => {
      const ended = await this.imports.finish(started.id, status, error);
      const redrawn = ended && ended.kind !== 'addresses_csv' && !ended.dryRun && ended.created + ended.changed > 0;
      if (redrawn) {
        const job = { area_id: EVERYWHERE };
        await this.work.enqueue('premises.locate', job, { dedupeKey: `import:${started.id}`, priority: 'low' });
      }
      return ended;
    });
  }
}
