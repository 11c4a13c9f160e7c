import { monotonicMs, systemClock } from '@isp/kernel';
import { WORKER_LIMITS, sessionOptions } from '@isp/platform/database';
import pg from 'pg';
import { ISSUE } from '../../libs/domain/billing/invoices/invoice.repository.js';
import { type Figure, interleave, median, number, ratioOf } from './measure.js';
import type { Place } from './place.js';

const ISSUERS = 64;
/** Every tenth transaction is taken back after it had its number. */
const ABORTS = 10;
const DRAFTS = 200_000;

interface Bench {
  readonly place: Place;
  readonly seconds: number;
  readonly rounds: number;
}

const fill = (place: Place): Promise<number> =>
  place.owner(async (client) => {
    await client.query(
      `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
       SELECT a.partner_id, a.customer_id, a.id, 'invoice', 'one_off', 'person', a.currency, 10, 0, 10, 'bench-numbers'
         FROM (SELECT * FROM billing_accounts ORDER BY id LIMIT 1000) a CROSS JOIN generate_series(1, ${DRAFTS / 1_000})`,
    );
    await client.query(
      `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
       SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 10, 0, '[]', '{}' FROM invoices WHERE created_by = 'bench-numbers'`,
    );
    await client.query('CREATE TABLE bare_counter (id integer PRIMARY KEY, n integer NOT NULL) WITH (fillfactor = 50)');
    await client.query('INSERT INTO bare_counter VALUES (1, 0)');
    await client.query('VACUUM ANALYZE invoices, invoice_lines');
    const { rows } = await client.query<{ id: number }>(
      `SELECT min(id) AS id FROM invoices WHERE created_by = 'bench-numbers'`,
    );
    return rows[0]?.id ?? 0;
  });

/** Transactions a second of all issuers, those taken back included. */
async function race(
  clients: readonly pg.Client[],
  seconds: number,
  take: (client: pg.Client) => Promise<unknown>,
): Promise<number> {
  const deadline = monotonicMs() + seconds * 1_000;
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (monotonicMs() < deadline) {
        const turn = (done += 1);
        await client.query('BEGIN');
        await take(client);
        await client.query(turn % ABORTS === 0 ? 'ROLLBACK' : 'COMMIT');
      }
    }),
  );
  return done / seconds;
}

/** Numbers without a gap under parallel issuers, beside a row that counts. */
export async function numberFigures({ place, seconds, rounds }: Bench): Promise<Figure[]> {
  let next = await fill(place);
  const options = `${sessionOptions(WORKER_LIMITS)} -c app.unrestricted=on`;
  const connect = async (connectionString: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString, options });
    await client.connect();
    return client;
  };
  const open = (url: string): Promise<pg.Client[]> =>
    Promise.all(Array.from({ length: ISSUERS / 2 }, () => connect(url)));
  const app = (await Promise.all([open(place.postgres.appUrl), open(place.postgres.appUrl)])).flat();
  try {
    await place.owner((client) => client.query('GRANT SELECT, UPDATE ON bare_counter TO isp_app'));
    const today = '2031-01-01';
    const issue = (client: pg.Client): Promise<unknown> =>
      client.query({ ...ISSUE, values: [(next += 1) - 1, systemClock.now(), today, today] });
    const count = (client: pg.Client): Promise<unknown> =>
      client.query({ name: 'bare-count', text: 'UPDATE bare_counter SET n = n + 1 WHERE id = 1 RETURNING n' });
    const { ours, bare } = await interleave(rounds, {
      ours: () => race(app, seconds, issue),
      bare: () => race(app, seconds, count),
    });
    const { rows } = await place.owner((client) =>
      client.query<{ wrong: number }>(
        `SELECT count(*)::integer AS wrong FROM (SELECT count(*) AS n, count(DISTINCT sequence) AS d, max(sequence) AS m
           FROM invoices WHERE series = 'INV' AND year = 2031) t WHERE n <> m OR d <> m`,
      ),
    );
    const ratio = ratioOf(ours, bare);
    const whole = rows[0]?.wrong === 0;
    return [
      {
        what: `numbers, ${ISSUERS} issuers, ${100 / ABORTS} % taken back`,
        ours: `${number(median(ours))}/s, ${whole ? 'no gap, none twice' : '**gaps**'}`,
        bare: `${number(median(bare))}/s`,
        ratio: number(ratio),
        target: '≥ 0.5',
        met: ratio >= 0.5 && whole,
      },
    ];
  } finally {
    await Promise.all(app.map((client) => client.end()));
  }
}
