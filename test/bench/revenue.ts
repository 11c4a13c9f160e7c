import { monotonicMs } from '@isp/kernel';
import { API_LIMITS, REPORT_LIMITS, sessionOptions } from '@isp/platform/database';
import pg from 'pg';
import { AGEING_NOW, AGEING_OF_CUSTOMERS } from '../../libs/domain/billing/ledger/ageing.queries.js';
import { RECURRING_REVENUE } from '../../libs/domain/reporting/revenue/recurring-revenue.report.js';
import {
  DEFERRED,
  REVENUE_BY_PARTNER,
  REVENUE_BY_PLAN,
} from '../../libs/domain/reporting/revenue/invoiced-revenue.report.js';
import { TAX } from '../../libs/domain/reporting/revenue/tax.report.js';
import { TRIAL_BALANCE } from '../../libs/domain/reporting/revenue/trial-balance.report.js';
import { fillServices } from './data.js';
import { type Figure, median, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';

/** A year of monthly invoices of each account. */
const MONTHS = 12;
const YEAR = [null, '2024-01-01', '2024-12-01'];
/** As `UnitOfWork.report` sets it. */
const REPORT = `-c statement_timeout=${REPORT_LIMITS.statementTimeoutMs} -c work_mem=${REPORT_LIMITS.workMemory}`;

const booked = (event: string, debit: string, credit: string, amount: string, which: string): string =>
  `INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id)
   SELECT partner_id, customer_id, account_id, issued_at, '${event}', '${debit}', '${credit}', currency, ${amount}, id FROM invoices WHERE ${which}`;
/** As issuing and paying book them: four transfers an invoice that is paid. */
const TRANSFERS = [
  booked('invoice.issued', 'receivable', 'revenue', 'total_amount - 2', 'true'),
  booked('invoice.issued', 'receivable', 'tax', '2', 'true'),
  booked('payment.received', 'cash', 'credit', 'total_amount', `status = 'paid'`),
  booked('allocation', 'credit', 'receivable', 'total_amount', `status = 'paid'`),
];

const LINES = `
  INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, service_id, description, from_on, until_on, amount, tax_amount, taxes, inputs)
  SELECT i.partner_id, i.customer_id, i.account_id, i.id, 1, 'recurring', s.id, 'Home 100', i.period_from, i.period_until, i.total_amount - 2, 2,
         '[{"code": "VAT", "name": "VAT", "percent": "8", "inclusive": false, "amount": "2.0000"}]', '{"rule": "recurring"}'
    FROM invoices i CROSS JOIN LATERAL (SELECT s.id FROM services s WHERE s.partner_id = i.partner_id AND s.customer_id = i.customer_id ORDER BY s.id LIMIT 1) s`;

interface Bench {
  readonly place: Place;
  readonly rounds: number;
}

/**
 * A million invoices where there are a million customers: services that began over two years, of which some became
 * dearer, cheaper or ended, and their invoices of twelve months, one in twelve of them open. Written as rows that are
 * issued already: what is measured is how they are read.
 */
function fill(place: Place): Promise<number> {
  return place.owner(async (client) => {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::integer AS count FROM customers`);
    const accounts = Math.max(1, Math.floor((rows[0]?.count ?? 0) / MONTHS));
    const ids = await fillServices(client, accounts, [PARTNERS.operator, PARTNERS.large, ...PARTNERS.others]);
    console.log(`making ${ids.length * MONTHS} invoices`);
    await client.query(
      `UPDATE services SET status = 'active', activated_at = '2023-01-05'::timestamptz + (id % 730) * interval '1 day' WHERE id = ANY ($1)`,
      [ids],
    );
    await client.query(
      `INSERT INTO service_terms (partner_id, customer_id, service_id, plan_id, plan_version, static_ip, monthly_amount, currency, valid_from)
       SELECT partner_id, customer_id, id, plan_id, plan_version, static_ip, monthly_amount + CASE id % 2 WHEN 0 THEN 10 ELSE -5 END, currency,
              activated_at + interval '200 days' FROM services WHERE id = ANY ($1) AND id % 5 = 0`,
      [ids],
    );
    await client.query(
      `UPDATE services SET status = 'terminated', terminated_at = activated_at + interval '300 days' WHERE id = ANY ($1) AND id % 6 = 0`,
      [ids],
    );
    const triggers = ['invoices_begin', 'invoices_keep', 'invoices_book'];
    for (const name of triggers) await client.query(`ALTER TABLE invoices DISABLE TRIGGER ${name}`);
    await client.query(
      `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, status, series, year, sequence, currency, period_from, period_until,
         issued_on, due_on, subtotal_amount, tax_amount, total_amount, settled_amount, content_hash, created_by, created_at, issued_at)
       SELECT a.partner_id, a.customer_id, a.id, 'invoice', 'recurring', 'engine', CASE WHEN open THEN 'overdue' ELSE 'paid' END, 'INV', 2024,
              row_number() OVER (ORDER BY m.day, a.id), a.currency, m.day, (m.day + interval '1 month')::date, m.day, m.day::date + 14,
              30 + s.id % 50, 0, 30 + s.id % 50, CASE WHEN open THEN 0 ELSE 30 + s.id % 50 END, '\\x00', 'bench', m.day, m.day
         FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', interval '1 month') AS m (day)
        CROSS JOIN unnest($1::integer[]) AS one (id) JOIN services s ON s.id = one.id
         JOIN billing_accounts a ON a.partner_id = s.partner_id AND a.customer_id = s.customer_id
        CROSS JOIN LATERAL (SELECT (s.id + extract(month FROM m.day)::integer) % 12 = 0 AS open) o`,
      [ids],
    );
    for (const name of triggers) await client.query(`ALTER TABLE invoices ENABLE TRIGGER ${name}`);
    for (const transfers of TRANSFERS) await client.query(transfers);
    await client.query('ALTER TABLE invoice_lines DISABLE TRIGGER USER');
    await client.query(LINES);
    await client.query('ALTER TABLE invoice_lines ENABLE TRIGGER USER');
    await client.query(
      'VACUUM ANALYZE invoices, services, service_terms, recurring_revenue_changes, billing_accounts, billing_account_terms, ledger_transfers, invoice_lines',
    );
    return ids.length * MONTHS;
  });
}

/** Ageing and recurring revenue of everybody, as the application asks for them. */
export async function revenueFigures({ place, rounds }: Bench): Promise<Figure[]> {
  const invoices = await fill(place);
  const options = `${sessionOptions(API_LIMITS)} -c app.unrestricted=on ${REPORT}`;
  const client = new pg.Client({ connectionString: place.postgres.appUrl, options });
  await client.connect();
  const now = new Date('2025-01-15T12:00:00Z');
  const reports = [
    { what: 'ageing', query: AGEING_NOW, values: [null, null, now, 'currency', 25, 0] },
    { what: 'ageing by partner', query: AGEING_NOW, values: [null, null, now, 'partner', 25, 0] },
    { what: 'ageing by customer, a page', query: AGEING_OF_CUSTOMERS, values: [null, null, now, 25, 0] },
    {
      what: 'recurring revenue of twelve months',
      query: RECURRING_REVENUE,
      values: [null, '2024-01-01', '2024-12-01', null],
    },
    // Without a target of their own: within the limit of a report (30 s) there is room for years of this.
    { what: 'revenue of twelve months by plan', query: REVENUE_BY_PLAN, values: YEAR, target: false },
    { what: 'revenue of twelve months by partner', query: REVENUE_BY_PARTNER, values: YEAR, target: false },
    { what: 'deferred revenue of twelve months', query: DEFERRED, values: [...YEAR, '{}'], target: false },
    { what: 'taxes of twelve months', query: TAX, values: [...YEAR, '{}'], target: false },
    { what: 'trial balance', query: TRIAL_BALANCE.now, values: [null], target: false },
    { what: 'trial balance of a day', query: TRIAL_BALANCE.atTheEndOf, values: [null, '2024-06-30'], target: false },
  ];
  try {
    const figures: Figure[] = [];
    for (const { what, query, values, target = true } of reports) {
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const start = monotonicMs();
        const { rows } = await client.query({ ...query, values });
        if (rows.length === 0) throw new Error(`${what} is empty`);
        took.push(monotonicMs() - start);
      }
      const middle = median(took);
      const of = `${what}, ${invoices.toLocaleString('en-US')} invoices`;
      figures.push({
        what: of,
        ours: `${number(middle)} ms`,
        bare: '',
        ratio: '',
        target: target ? '≤ 300 ms' : '',
        met: target ? middle <= 300 : undefined,
      });
    }
    return figures;
  } finally {
    await client.end();
  }
}
