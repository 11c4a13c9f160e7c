import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import {
  IMPORT_COLUMNS,
  type ImportRowView,
  type ImportStatus,
  type ImportView,
  type RowOutcome,
} from './import.view.js';

const MATCH = 'FROM premise_imports m WHERE ($1::text IS NULL OR m.status = $1)';
export const IMPORT_SORTING = sorting({
  id: 'm.id',
  otherwise: ['m.id DESC'],
  fields: {
    created_at: 'm.created_at',
    finished_at: { by: ['m.finished_at'], nullable: true },
  },
});
const LISTS = sortedStatements(
  'imports-list',
  IMPORT_SORTING,
  (order) => `SELECT ${IMPORT_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $2 OFFSET $3`,
);
const COUNT = statement('imports-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('imports-get', `SELECT ${IMPORT_COLUMNS} FROM premise_imports m WHERE m.id = $1`);
const ROWS = statement(
  'imports-rows',
  `SELECT r.row, r.outcome, r.subject_id::float8 AS "subjectId", r.message FROM premise_import_rows r
    WHERE r.import_id = $1 AND ($2::text IS NULL OR r.outcome = $2) ORDER BY r.row LIMIT $3 OFFSET $4`,
);

type Slice = { readonly limit: number; readonly offset: number };

@Injectable()
export class ImportQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(
    actor: Actor,
    { status }: { readonly status?: ImportStatus | undefined },
    page: SortedSlice<typeof IMPORT_SORTING>,
  ) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ImportView>(LISTS.of(page.sort), [status ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [status ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `premises.import.not_found` */
  async get(actor: Actor, id: number): Promise<ImportView> {
    const found = await this.uow.read(actor, (tx) => tx.one<ImportView>(GET, [id]));
    if (!found) throw premisesErrors('premises.import.not_found');
    return found;
  }

  /** What became of each row, in their order. @throws `premises.import.not_found` */
  async rows(actor: Actor, id: number, outcome: RowOutcome | undefined, page: Slice) {
    const found = await this.get(actor, id);
    const rows = await this.uow.read(actor, (tx) =>
      tx.query<ImportRowView>(ROWS, [id, outcome ?? null, page.limit, page.offset]),
    );
    return { rows, total: outcome === undefined ? found.rows : found[outcome] };
  }
}
