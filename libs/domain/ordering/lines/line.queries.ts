import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { ServiceStatus } from '@isp/domain/services';
import { UnitOfWork, statement } from '@isp/platform/database';
import { orderErrors } from '../orders/order.errors.js';
import { LINE_COLUMNS, LINE_NAMES, LINE_TABLES, type LineNames, type LineView, NAME_TABLES } from './line.view.js';

const GET = statement('lines-get', `SELECT ${LINE_COLUMNS} FROM ${LINE_TABLES} WHERE s.guid = $1`);
// As sub-selects: no plan is made for lists of one length.
const NAMES = statement(
  'lines-names',
  `SELECT ${LINE_NAMES} FROM unnest((SELECT $1::integer[]), (SELECT $2::integer[])) AS asked (partner_id, service_id)
     JOIN ${NAME_TABLES.replace('services s', 'services s ON s.id = asked.service_id AND s.partner_id = asked.partner_id')}`,
);
// Each filter names what an index of its own finds; the page is found first, and only its rows are then read.
const MATCH = `FROM services s WHERE s.partner_id = $1 AND ($2::text IS NULL OR s.status = $2)
  AND ($3::uuid IS NULL OR s.customer_id = (SELECT c.id FROM customers c WHERE c.guid = $3))
  AND ($4::uuid IS NULL OR s.id IN (
    SELECT o.service_id FROM orders o WHERE o.partner_id = $1 AND o.premise_guid = $4
    UNION ALL SELECT x.service_id FROM premise_occupations x JOIN premises p ON p.id = x.premise_id WHERE p.guid = $4))
  AND ($5::text IS NULL OR s.id IN (
    SELECT o.service_id FROM orders o WHERE o.partner_id = $1 AND o.isp_reference_key = lower($5)
    UNION ALL SELECT w.service_id FROM work_orders w WHERE w.reference = $5
    UNION ALL SELECT d.service_id FROM devices d WHERE d.serial_number = upper($5) OR d.serial_number = $5))`;
const LIST = statement(
  'lines-list',
  `SELECT ${LINE_COLUMNS} FROM (SELECT s.* ${MATCH} ORDER BY s.partner_id DESC, s.id DESC LIMIT $6 OFFSET $7) s
     ${LINE_TABLES.slice('services s'.length)} ORDER BY s.id DESC`,
);
const COUNT = statement('lines-count', `SELECT count(*)::integer AS total ${MATCH}`);

export interface LineFilter {
  readonly status?: ServiceStatus | undefined;
  readonly customerGuid?: string | undefined;
  readonly premiseGuid?: string | undefined;
  /** A serial number, the partner's own reference or that of a work order, whole. */
  readonly search?: string | undefined;
}

/** Reads of lines, inside the walls of the reader. */
@Injectable()
export class LineQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** The lines of the actor's partner, newest first. */
  list(actor: Actor, filter: LineFilter, page: { readonly limit: number; readonly offset: number }) {
    const { status, customerGuid, premiseGuid, search } = filter;
    const given = [status, customerGuid, premiseGuid, search];
    const values = [actor.partnerId, ...given.map((one) => one ?? null)];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<LineView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `ordering.line.not_found`, also for one behind another wall */
  async get(actor: Actor, guid: string): Promise<LineView> {
    const line = await this.uow.read(actor, (tx) => tx.one<LineView>(GET, [guid]));
    if (!line) throw orderErrors('ordering.line.not_found');
    return line;
  }

  /**
   * What lines are called, by the ids of their services: of each only what the partner that asks for it owns.
   * @throws `ordering.line.not_found`
   */
  async names(
    asked: readonly { readonly partnerId: number; readonly serviceId: number }[],
  ): Promise<readonly LineNames[]> {
    const columns = [asked.map(({ partnerId }) => partnerId), asked.map(({ serviceId }) => serviceId)];
    const rows = await this.uow.tx.query<LineNames>(NAMES, columns);
    const lines = new Map(rows.map((line) => [`${line.partnerId} ${line.serviceId}`, line]));
    return asked.map(({ partnerId, serviceId }) => {
      const line = lines.get(`${partnerId} ${serviceId}`);
      if (!line) throw orderErrors('ordering.line.not_found');
      return line;
    });
  }
}
