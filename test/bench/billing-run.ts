import { monotonicMs } from '@isp/kernel';
import type pg from 'pg';
import { billedAccounts } from '../support/billed-accounts.js';
import type { Bill, Billed } from './biller.js';
import { compiledHelper } from './compiled.js';
import { type Figure, median, number } from './measure.js';
import type { Place } from './place.js';
import { Helper, cpuMicros } from './processes.js';

/** Each is measured so many times, of which the median counts: a run over 1,000 takes a fifth of a second. */
const SIZES: readonly { readonly size: number; readonly rounds: number }[] = [
  { size: 1_000, rounds: 9 },
  { size: 10_000, rounds: 3 },
  { size: 100_000, rounds: 1 },
];
/** Accounts that are billed before anything is measured: a worker is seldom asked for its first run. */
const WARM_UP = 10_000;
/** And before each size: their tables were just analyzed, so that each connection makes its plans anew. */
const PLANS = 2_000;
/** How docker/compose.yaml starts a worker. */
const WORKER_ARGUMENTS = ['--max-old-space-size=1024'];
const COPIES = ['invoices', 'invoice_lines', 'ledger_transfers', 'outbox'] as const;

interface Bench {
  readonly place: Place;
  readonly customers: number;
}

/**
 * One statement writes as many rows of the same width, into tables with the same indexes and checks: those that are new,
 * and the new version of each account.
 */
async function bareSeconds(client: pg.Client, marks: Readonly<Record<string, string>>): Promise<number> {
  for (const table of [...COPIES, 'billing_accounts']) {
    await client.query(`DROP TABLE IF EXISTS bare_${table}`);
    await client.query(`CREATE TABLE bare_${table} (LIKE ${table} INCLUDING INDEXES INCLUDING CONSTRAINTS)`);
  }
  const parts = COPIES.map(
    (table) => `${table} AS (INSERT INTO bare_${table} SELECT * FROM ${table} WHERE id > ${marks[table]})`,
  );
  parts.push(
    `accounts AS (INSERT INTO bare_billing_accounts SELECT a.* FROM billing_accounts a JOIN billed b ON b.id = a.id)`,
  );
  const start = monotonicMs();
  await client.query(`WITH ${parts.join(', ')} SELECT`);
  return (monotonicMs() - start) / 1_000;
}

async function lastIds(client: pg.Client): Promise<Record<string, string>> {
  const columns = COPIES.map((table) => `(SELECT coalesce(max(id), 0)::text FROM ${table}) AS ${table}`);
  return (await client.query<Record<string, string>>(`SELECT ${columns.join(', ')}`)).rows[0] ?? {};
}

interface Measured extends Billed {
  readonly size: number;
  readonly bare: number;
  /** Of PostgreSQL. */
  readonly serverMicros: number;
  readonly again: number;
}

let tags = 0;
/** Tells the accounts that are made together from others. */
const nextTag = (): number => (tags += 1);

async function makeAccounts(client: pg.Client, count: number, tag: number): Promise<void> {
  const plan = await client.query<{ id: number }>(`SELECT id FROM plans WHERE sku = 'bench'`);
  await client.query(billedAccounts(count, plan.rows[0]?.id ?? 0, tag));
  await client.query(
    'VACUUM ANALYZE billing_accounts, billing_account_terms, services, service_terms, customers, invoices, invoice_lines',
  );
}

async function warmUp(place: Place, biller: Helper<Bill, Billed>): Promise<void> {
  await place.owner((client) => makeAccounts(client, WARM_UP, nextTag()));
  await biller.ask(place.settings);
}

/** Accounts that are due, for whom everybody's plans are made. */
async function dueAccounts(client: pg.Client, place: Place, biller: Helper<Bill, Billed>, size: number): Promise<void> {
  await makeAccounts(client, size, nextTag());
  await client.query('ALTER TABLE billed RENAME TO measured');
  await makeAccounts(client, PLANS, nextTag());
  await biller.ask(place.settings);
  await client.query('UPDATE billing_accounts a SET next_run_on = NULL FROM measured m WHERE a.id = m.id');
  await client.query('DROP TABLE billed');
  await client.query('ALTER TABLE measured RENAME TO billed');
}

async function measure(place: Place, biller: Helper<Bill, Billed>, size: number): Promise<Measured> {
  return place.owner(async (client) => {
    await dueAccounts(client, place, biller, size);
    const marks = await lastIds(client);
    const cpu = cpuMicros(place.postgres.pid);
    const billed = await biller.ask(place.settings);
    const serverMicros = cpuMicros(place.postgres.pid) - cpu;
    const again = await biller.ask(place.settings);
    if (billed.invoices !== size || again.invoices !== 0)
      console.log(`${billed.invoices} and ${again.invoices} invoices of ${size} accounts`);
    const bare: number[] = [];
    while (bare.length < 3) bare.push(await bareSeconds(client, marks));
    return { ...billed, serverMicros, size, again: again.seconds, bare: median(bare) };
  });
}

/** Each figure by itself; of memory the most. */
function typical(rounds: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => median(rounds.map((round) => round[key]));
  return {
    size: of('size'),
    invoices: of('invoices'),
    seconds: of('seconds'),
    cpuMicros: of('cpuMicros'),
    serverMicros: of('serverMicros'),
    peakMb: Math.max(...rounds.map(({ peakMb }) => peakMb)),
    again: of('again'),
    bare: of('bare'),
  };
}

const perInvoice = ({ cpuMicros: node, serverMicros, size }: Measured): string =>
  `${number(node / size)} + ${number(serverMicros / size)} µs`;

/** @param costs of an invoice, in microseconds, of runs of growing size */
function bySize(what: string, costs: readonly number[]): Figure {
  const spread = Math.max(...costs) / Math.min(...costs);
  return {
    what: `billing run, ${what} an invoice by size`,
    ours: costs.map((micros) => `${number(micros)} µs`).join(', '),
    bare: '',
    ratio: number(spread),
    target: 'within 20 %',
    met: spread <= 1.2,
  };
}

/** A run over so many accounts with one to three services, two taxes, ledger and events, beside bare inserts. */
export async function billingRunFigures({ place, customers }: Bench): Promise<Figure[]> {
  const biller = await Helper.start<Bill, Billed>(await compiledHelper('biller.ts'), WORKER_ARGUMENTS);
  const measured: Measured[] = [];
  try {
    await warmUp(place, biller);
    for (const { size, rounds } of SIZES.filter((one) => one.size <= customers)) {
      const each: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) each.push(await measure(place, biller, size));
      measured.push(typical(each));
    }
  } finally {
    await biller.stop();
  }
  const figures = measured.map((one): Figure => {
    const { size, seconds, bare, peakMb } = one;
    const ratio = seconds / bare;
    const inTime = seconds <= (60 * size) / 100_000;
    return {
      what: `billing run, ${size.toLocaleString('en-US')} accounts`,
      ours: `${number(seconds)} s, ${perInvoice(one)} an invoice, ${number(peakMb)} MB`,
      bare: `${number(bare)} s`,
      ratio: number(ratio),
      target: '≤ 3, ≤ 60 s for 100,000, ≤ 300 MB',
      met: ratio <= 3 && inTime && peakMb <= 300,
    };
  });
  const repeated = measured.map(({ size, seconds, again }): Figure => {
    const ratio = again / seconds;
    const what = `billing run again, ${size.toLocaleString('en-US')} accounts`;
    return {
      what,
      ours: `${number(again)} s`,
      bare: `${number(seconds)} s`,
      ratio: ratio.toFixed(3),
      target: '≤ 0.1',
      met: ratio <= 0.1,
    };
  });
  const growths = [
    bySize(
      'processor time',
      measured.map((one) => (one.cpuMicros + one.serverMicros) / one.size),
    ),
    bySize(
      'time',
      measured.map(({ seconds, size }) => (seconds * 1_000_000) / size),
    ),
  ];
  return [...figures, ...repeated, ...(measured.length > 1 ? growths : [])];
}
