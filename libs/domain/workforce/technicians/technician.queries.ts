import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { assertOperator, workforceErrors } from '../workforce.errors.js';
import { TECHNICIAN_COLUMNS, type TechnicianStatus, type TechnicianView } from './technician.view.js';

const MATCH = `FROM technicians t WHERE ($1::text IS NULL OR t.status = $1) AND ($2::text IS NULL OR t.skills @> ARRAY[$2])
  AND ($3::integer IS NULL OR NOT EXISTS (SELECT FROM technician_areas a WHERE a.technician_id = t.id)
       OR EXISTS (SELECT FROM technician_areas a WHERE a.technician_id = t.id AND a.area_id = $3))
  AND ($4::text IS NULL OR t.name ILIKE $4 OR t.email ILIKE $4 OR t.phone ILIKE $4)`;
export const TECHNICIAN_SORTING = sorting({
  id: 't.id',
  otherwise: ['lower(t.name)', 't.id'],
  fields: {
    name: 'lower(t.name)',
    created_at: 't.created_at',
    updated_at: 't.updated_at',
  },
});
const LISTS = sortedStatements(
  'technicians-list',
  TECHNICIAN_SORTING,
  (order) => `SELECT ${TECHNICIAN_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('technicians-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('technicians-get', `SELECT ${TECHNICIAN_COLUMNS} FROM technicians t WHERE t.id = $1`);

export interface TechnicianFilter {
  readonly status?: TechnicianStatus | undefined;
  readonly skill?: string | undefined;
  /** Those who go there. */
  readonly areaId?: number | undefined;
  /** Part of a name, an e-mail address or a phone number. */
  readonly q?: string | undefined;
}

/** Reads of the people in the field, for the operator. */
@Injectable()
export class TechnicianQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, by name. @throws `workforce.operator_only` */
  list(actor: Actor, filter: TechnicianFilter, page: SortedSlice<typeof TECHNICIAN_SORTING>) {
    assertOperator(actor);
    const { status, skill, areaId, q } = filter;
    const like = q === undefined || q === '' ? null : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    const values = [status ?? null, skill ?? null, areaId ?? null, like];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<TechnicianView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `workforce.operator_only`, `workforce.technician.not_found` */
  async get(actor: Actor, id: number): Promise<TechnicianView> {
    assertOperator(actor);
    const found = await this.uow.read(actor, (tx) => tx.one<TechnicianView>(GET, [id]));
    if (!found) throw workforceErrors('workforce.technician.not_found');
    return found;
  }
}
