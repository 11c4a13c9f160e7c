import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { LocalDays } from './local-days.js';
import type { UsageFigures } from './usage.queries.js';

export interface UsageReportFilter {
  /** `YYYY-MM`; the month that it is (in the reader's partner's time zone) when absent. */
  readonly month?: string | undefined;
  readonly customerId?: number | undefined;
  readonly serviceId?: number | undefined;
  /** Whose customers: for readers who see all partners. */
  readonly partnerId?: number | undefined;
  /** Only services that carried at least so many bytes. */
  readonly atLeastBytes?: number | undefined;
}

export interface ServiceUsageView extends UsageFigures {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
}

const MATCH = `WITH sums AS (
     SELECT u.partner_id, u.customer_id, u.service_id, sum(u.output_octets) AS download, sum(u.input_octets) AS upload,
            sum(u.ipv6_output_octets) AS ipv6_download, sum(u.ipv6_input_octets) AS ipv6_upload
       FROM usage_daily u
      WHERE u.day >= ($1::text || '-01')::date AND u.day < (($1::text || '-01')::date + interval '1 month')::date
        AND ($2::integer IS NULL OR u.partner_id = $2) AND ($3::integer IS NULL OR u.customer_id = $3)
        AND ($4::integer IS NULL OR u.service_id = $4)
      GROUP BY 1, 2, 3),
   found AS (SELECT * FROM sums WHERE $5::float8 IS NULL OR download + upload >= $5)`;
export const USAGE_SORTING = sorting({
  id: 'service_id',
  // Who carried as much as another comes in the order of the services, either way.
  otherwise: ['download + upload DESC', 'service_id'],
  fields: { bytes_total: { by: ['download + upload', 'service_id DESC'] } },
  words: { total: 'bytes_total', '-total': '-bytes_total' },
});
const LISTS = sortedStatements(
  'usage-report',
  USAGE_SORTING,
  (
    order,
  ) => `${MATCH} SELECT partner_id AS "partnerId", customer_id AS "customerId", service_id AS "serviceId", download::float8 AS download,
       upload::float8 AS upload, ipv6_download::float8 AS "ipv6Download", ipv6_upload::float8 AS "ipv6Upload"
     FROM found ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('usage-report-count', `${MATCH} SELECT count(*)::integer AS total FROM found`);

/** Which services carried how much in a month. */
@Injectable()
export class UsageReport {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly days: LocalDays,
  ) {}

  async list(actor: Actor, filter: UsageReportFilter, page: SortedSlice<typeof USAGE_SORTING>) {
    const partnerId = actor.reach === 'all' ? filter.partnerId : actor.partnerId;
    const month = filter.month ?? (await this.days.range(actor.partnerId, {}, 31)).to.slice(0, 7);
    const narrowed = [partnerId ?? null, filter.customerId ?? null, filter.serviceId ?? null];
    const values = [month, ...narrowed, filter.atLeastBytes ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ServiceUsageView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { month, rows, total: count?.total ?? 0 };
    });
  }
}
