import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@isp/platform/database';
import { AreaStore, type AreaValues } from '../areas/area-store.js';
import type { AreaView } from '../areas/area.view.js';
import { sameParts } from '../areas/manage-areas.usecase.js';
import { Delivery, type DeliveredPremise } from '../register/delivery.js';
import type { DeliveredArea } from './coverage.js';
import type { ImportRowView, RowOutcome } from './import.view.js';
import type { SourceRow } from './source.js';

type Keyed = { readonly key: string };
type Taken<T> = { readonly row: number; readonly values: T };

/** Carries rows of a file out, in the caller's transaction, and says what became of each. */
@Injectable()
export class ImportBatch {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly delivery: Delivery,
    private readonly areas: AreaStore,
  ) {}

  addresses(rows: readonly SourceRow<DeliveredPremise>[], dryRun: boolean): Promise<ImportRowView[]> {
    return this.carryOut(rows, dryRun, async (taken) => {
      const outcomes = await this.delivery.execute(taken.map(({ values }) => values));
      return outcomes.map(({ row, id, created, changed }) =>
        done(row, created ? 'created' : changed ? 'changed' : 'unchanged', id),
      );
    });
  }

  coverage(rows: readonly SourceRow<DeliveredArea>[], dryRun: boolean): Promise<ImportRowView[]> {
    return this.carryOut(rows, dryRun, async (taken) => {
      const known = await this.areas.lockByKeys(taken.map(({ values }) => values.key));
      const outlines = await this.areas.outlines(known.map(({ id }) => id));
      const byKey = new Map(known.map((area) => [area.externalKey, area]));
      const outcomes: ImportRowView[] = [];
      for (const { row, values } of taken) {
        const area = byKey.get(values.key);
        if (!area) outcomes.push(done(row, 'created', (await this.areas.insert(values.values, values.parts)).id));
        else outcomes.push(await this.redraw(row, values, area, sameParts(values.parts, outlines.get(area.id) ?? [])));
      }
      return outcomes;
    });
  }

  private async redraw(
    row: number,
    { values, parts }: DeliveredArea,
    area: AreaView,
    same: boolean,
  ): Promise<ImportRowView> {
    const wanted = { ...values, operatorGuid: values.operatorGuid ?? area.operatorGuid };
    if (same && !differs(area, wanted)) return done(row, 'unchanged', area.id);
    await this.areas.update(area.id, wanted, same ? undefined : parts);
    return done(row, 'changed', area.id);
  }

  /** A dry run does everything and takes it back: what it says is what would have happened. */
  private async carryOut<T extends Keyed>(
    rows: readonly SourceRow<T>[],
    dryRun: boolean,
    work: (taken: readonly Taken<T>[]) => Promise<ImportRowView[]>,
  ): Promise<ImportRowView[]> {
    const { taken, refused } = sorted(rows);
    if (taken.length === 0) return refused;
    if (!dryRun) return [...refused, ...(await work(taken))];
    const undone = new Undone();
    await this.uow.tx
      .savepoint(async () => {
        undone.outcomes = await work(taken);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
    return [...refused, ...undone.outcomes.map(({ row, outcome }) => done(row, outcome, null))];
  }
}

class Undone extends Error {
  outcomes: readonly ImportRowView[] = [];
}

const done = (row: number, outcome: RowOutcome, subjectId: number | null): ImportRowView => ({
  row,
  outcome,
  subjectId,
  message: null,
});

/** Rows that are right, and of several with one key the last. */
function sorted<T extends Keyed>(rows: readonly SourceRow<T>[]) {
  const last = new Map<string, number>();
  for (const { row, values } of rows) if (values) last.set(values.key, row);
  const taken: Taken<T>[] = [];
  const refused: ImportRowView[] = [];
  for (const { row, values, error } of rows) {
    const behind = values && last.get(values.key);
    if (values && behind === row) taken.push({ row, values });
    else
      refused.push({
        row,
        outcome: 'rejected',
        subjectId: null,
        message: error ?? `row ${String(behind)} has the same key`,
      });
  }
  return { taken, refused };
}

const differs = (area: AreaView, values: AreaValues): boolean =>
  (['operatorGuid', 'name', 'connectivity', 'liveOn', 'plannedOn'] as const).some(
    (field) => (area[field] ?? null) !== (values[field] ?? null),
  );
