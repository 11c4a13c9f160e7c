import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import {
  type SortedSlice,
  type SortedStatements,
  type Transaction,
  UnitOfWork,
  sortedStatements,
  sorting,
  statement,
} from '@isp/platform/database';
import type { CustomerStatus } from './customer.entity.js';
import { customerErrors } from './customer.errors.js';
import { CUSTOMER_COLUMNS, type CustomerView } from './customer.view.js';

export interface CustomerFilter {
  readonly status?: CustomerStatus | undefined;
  readonly partnerId?: number | undefined;
  /** Literal part of name, e-mail, phone or portal id; one or two characters match beginnings of words. */
  readonly search?: string | undefined;
}

interface CustomerPage {
  readonly rows: CustomerView[];
  readonly total: number;
}

const GET = statement('customers-get', `SELECT ${CUSTOMER_COLUMNS} FROM customers c WHERE c.id = $1`);
const GET_BY_GUID = statement('customers-get-guid', `SELECT ${CUSTOMER_COLUMNS} FROM customers c WHERE c.guid = $1`);
const GET_BY_EMAIL = statement(
  'customers-get-email',
  `SELECT ${CUSTOMER_COLUMNS} FROM customers c WHERE c.partner_id = $1 AND lower(c.email) = lower($2) AND c.status <> 'terminated'`,
);
const COUNT = statement('customers-count', 'SELECT customers_count($1, $2) AS total');

export const CUSTOMER_SORTING = sorting({
  id: 'c.id',
  partner: 'c.partner_id',
  otherwise: ['c.id DESC'],
  fields: {
    created_at: 'c.id',
    name: 'lower(c.name)',
    status: { by: ['c.status', 'c.id DESC'] },
  },
});

/** One statement text per combination of filters, so that each keeps a plan that fits it. */
function listStatements(byPartner: boolean, byStatus: boolean) {
  const conditions = [
    byPartner ? 'c.partner_id = $1' : '$1::integer IS NULL',
    byStatus ? 'c.status = $2' : '$2::text IS NULL',
  ];
  const where = conditions.join(' AND ');
  const suffix = `${byPartner ? 'p' : ''}${byStatus ? 's' : ''}`;
  // The page is found on the index alone; only its rows are then read.
  return sortedStatements(
    `customers-list-${suffix}`,
    CUSTOMER_SORTING,
    (order) => `SELECT ${CUSTOMER_COLUMNS} FROM customers c
       JOIN (SELECT c.id FROM customers c WHERE ${where} ORDER BY ${order} LIMIT $3 OFFSET $4) page ON page.id = c.id
      ORDER BY ${order}`,
  );
}

const LISTS = new Map(
  [true, false].flatMap((partner) =>
    [true, false].map((status) => [`${partner} ${status}`, listStatements(partner, status)] as const),
  ),
);

// No index finds and sorts: all that are found are read, and one row says how many when the page is behind the last.
const SEARCHES = sortedStatements(
  'customers-search',
  CUSTOMER_SORTING,
  (order) => `WITH hits AS MATERIALIZED (SELECT id, total FROM customers_search($1, $2, $3, NULL, 0)),
     page AS (SELECT c.* FROM hits h JOIN customers c ON c.id = h.id ORDER BY ${order} LIMIT $4 OFFSET $5)
   SELECT counted.total::integer AS found, ${CUSTOMER_COLUMNS}
     FROM (SELECT max(total) AS total FROM hits) counted LEFT JOIN page c ON true ORDER BY ${order}`,
);
const SEARCH = statement(
  'customers-search-newest',
  `SELECT hit.total::integer AS found, ${CUSTOMER_COLUMNS}
     FROM customers_search($1, $2, $3, $4, $5) hit LEFT JOIN customers c ON c.id = hit.id ORDER BY c.id DESC NULLS LAST`,
);
type SortField = (typeof CUSTOMER_SORTING)['fields'][number];

/** Reads of customers, inside the walls of the reader. */
@Injectable()
export class CustomerQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first, with the number of all that match. */
  list(actor: Actor, filter: CustomerFilter, page: SortedSlice<typeof CUSTOMER_SORTING>): Promise<CustomerPage> {
    const partnerId = actor.reach === 'all' ? (filter.partnerId ?? null) : actor.partnerId;
    if (actor.reach !== 'all' && filter.partnerId !== undefined && filter.partnerId !== actor.partnerId) {
      return Promise.resolve({ rows: [], total: 0 });
    }
    const status = filter.status ?? null;
    return this.uow.read(actor, (tx) =>
      filter.search === undefined || filter.search.trim() === ''
        ? this.plainList(tx, partnerId, status, page)
        : this.search(tx, [patternOf(filter.search), status, partnerId], page),
    );
  }

  async find(actor: Actor, id: number): Promise<CustomerView | undefined> {
    return this.uow.read(actor, (tx) => tx.one<CustomerView>(GET, [id]));
  }

  /** @throws `customers.customer.not_found`, also for a customer behind another wall */
  async get(actor: Actor, id: number): Promise<CustomerView> {
    const customer = await this.find(actor, id);
    if (!customer) throw customerErrors('customers.customer.not_found');
    return customer;
  }

  /** @throws `customers.customer.not_found` */
  async getByGuid(actor: Actor, guid: string): Promise<CustomerView> {
    const customer = await this.uow.read(actor, (tx) => tx.one<CustomerView>(GET_BY_GUID, [guid]));
    if (!customer) throw customerErrors('customers.customer.not_found');
    return customer;
  }

  /** The actor's partner's customer with exactly this e-mail address. */
  findByEmail(actor: Actor, email: string): Promise<CustomerView | undefined> {
    return this.uow.read(actor, (tx) => tx.one<CustomerView>(GET_BY_EMAIL, [actor.partnerId, email]));
  }

  /** @throws `customers.customer.not_found` */
  async getByEmail(actor: Actor, email: string): Promise<CustomerView> {
    const customer = await this.findByEmail(actor, email);
    if (!customer) throw customerErrors('customers.customer.not_found');
    return customer;
  }

  private async plainList(
    tx: Transaction,
    partnerId: number | null,
    status: string | null,
    page: SortedSlice<typeof CUSTOMER_SORTING>,
  ): Promise<CustomerPage> {
    const byPartner = partnerId !== null;
    const list = LISTS.get(`${byPartner} ${status !== null}`) as SortedStatements<SortField>;
    const [rows, total] = await Promise.all([
      tx.query<CustomerView>(list.of(page.sort, byPartner), [partnerId, status, page.limit, page.offset]),
      tx.one<{ total: number }>(COUNT, [status, partnerId]),
    ]);
    return { rows, total: total?.total ?? 0 };
  }

  private async search(
    tx: Transaction,
    values: readonly unknown[],
    { limit, offset, sort }: SortedSlice<typeof CUSTOMER_SORTING>,
  ): Promise<CustomerPage> {
    const sql = sort === undefined ? SEARCH : SEARCHES.of(sort);
    const rows = await tx.query<CustomerView & { found: number }>(sql, [...values, limit, offset]);
    return {
      rows: rows.filter(({ id }) => id !== null).map(({ found: _, ...row }) => row),
      total: rows.at(-1)?.found ?? 0,
    };
  }
}

/** A LIKE pattern that finds the text literally; phone numbers are found however they are spaced. */
export function patternOf(search: string): string {
  const text = search.trim().toLowerCase();
  const digits = text.replace(/[\s().-]/g, '');
  const needle = /^\+?\d{5,}$/.test(digits) ? digits.replace('+', '') : text;
  const literal = needle.replace(/[\\%_]/g, '\\$&');
  return needle.length < 3 ? `% ${literal}%` : `%${literal}%`;
}
