import { monotonicMs } from '@isp/kernel';
import type pg from 'pg';
import { type Figure, median, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';

/** Of ten tickets one is open. */
const OPEN = 10;
const DUE = 500;
const SWEEP_MS = 200;
const METRICS_MS = 300;
const NEARLY = 1.2;

interface Bench {
  readonly place: Place;
  readonly rounds: number;
}

/** Tickets from one number until before another, set-based: the closed ones of 300 days with their facts. */
async function fill(client: pg.Client, from: number, until: number): Promise<void> {
  console.log(`making tickets ${from} to ${until}`);
  await client.query('ALTER TABLE ticket_clocks DISABLE TRIGGER ticket_clocks_facts');
  await client.query(
    `INSERT INTO tickets (number, partner_id, customer_id, subject, category_id, priority, status, source, team_id, policy_id, policy_version,
            calendar_id, calendar_version, opened_at, first_response_at, resolved_at, closed_at, stopped_from, created_by)
     SELECT 'BENCH-' || n, c.partner_id, c.id, 'Bench ' || n, 1 + n % 7, (ARRAY['critical', 'high', 'medium', 'low'])[1 + n % 4],
            CASE WHEN o.open THEN 'open' ELSE 'closed' END, 'api', 1 + n % 4, 1, 1, 1, 1, o.at, CASE WHEN NOT o.open THEN o.at END,
            CASE WHEN NOT o.open THEN o.at + interval '1 hour' END, CASE WHEN NOT o.open THEN o.at + interval '1 hour' END,
            CASE WHEN o.open THEN '{}'::timestamptz[] ELSE ARRAY[o.at + interval '1 hour'] END, 'bench'
       FROM generate_series($1::integer, $2::integer - 1) n
       JOIN customers c ON c.id = 1 + n % (SELECT count(*) FROM customers)
      CROSS JOIN LATERAL (SELECT n % ${OPEN} = 0 AS open, now() - make_interval(mins => abs(hashint4(n)) % 432000) AS at) o`,
    [from, until],
  );
  // Nobody is late yet: the open ones are due in a year, and each round makes some of them due now.
  await client.query(
    `INSERT INTO ticket_clocks (partner_id, customer_id, ticket_id, target, target_seconds, warn_at, due_at, ended_at, ended_as, spent_seconds, next_at)
     SELECT t.partner_id, t.customer_id, t.id, x.target, 14400, now() + interval '364 days', now() + interval '365 days',
            CASE WHEN t.status = 'closed' THEN t.resolved_at END, CASE WHEN t.status = 'closed' THEN 'met' END, CASE WHEN t.status = 'closed' THEN 3600 END,
            CASE WHEN t.status = 'open' THEN now() + interval '364 days' + t.id * interval '1 second' END
       FROM tickets t CROSS JOIN (VALUES ('first_response'), ('resolution')) x (target)
      WHERE NOT EXISTS (SELECT FROM ticket_clocks c WHERE c.ticket_id = t.id)`,
  );
  await client.query('ALTER TABLE ticket_clocks ENABLE TRIGGER ticket_clocks_facts');
  await client.query(
    `INSERT INTO ticket_clock_facts (partner_id, customer_id, ticket_id, target, outcome, at, priority, category_id, team_id, target_seconds,
            spent_seconds, policy_id, policy_version)
     SELECT t.partner_id, t.customer_id, t.id, x.target, CASE WHEN t.id % 9 = 0 THEN 'breached' ELSE 'met' END, t.resolved_at, t.priority,
            t.category_id, t.team_id, 14400, CASE WHEN t.id % 9 <> 0 THEN 3600 END, 1, 1
       FROM tickets t CROSS JOIN (VALUES ('first_response'), ('resolution')) x (target)
      WHERE t.status = 'closed' AND NOT EXISTS (SELECT FROM ticket_clock_facts f WHERE f.ticket_id = t.id)`,
  );
  await client.query('VACUUM ANALYZE tickets, ticket_clocks, ticket_clock_facts');
}

/** Lets clocks of so many open tickets be due since a minute; never the same ones twice. */
async function makeDue(client: pg.Client, due: number): Promise<void> {
  await client.query(
    `UPDATE ticket_clocks SET due_at = now() - interval '1 minute', warn_at = now() - interval '1 hour', next_at = now() - interval '1 minute'
      WHERE (ticket_id, target) IN (SELECT ticket_id, target FROM ticket_clocks
        WHERE target = 'resolution' AND next_at > now() AND breached_at IS NULL ORDER BY next_at LIMIT $1)`,
    [due],
  );
}

/** Milliseconds of one sweep over HTTP that finds what is due. */
async function sweep(url: string, key: string, due: number): Promise<number> {
  const start = monotonicMs();
  const answer = await fetch(`${url}/v1/sla/check-breaches`, { method: 'POST', headers: { 'x-api-key': key } });
  const { breached_tickets: found } = (await answer.json()) as { breached_tickets: unknown[] };
  const took = monotonicMs() - start;
  if (found.length !== due) throw new Error(`${found.length} breaches instead of ${due}`);
  return took;
}

async function metrics(url: string, key: string): Promise<number> {
  const start = monotonicMs();
  const answer = await fetch(`${url}/v1/sla/performance-metrics?period_days=30`, { headers: { 'x-api-key': key } });
  const { total_tickets: total } = (await answer.json()) as { total_tickets: number };
  if (!(total > 0)) throw new Error('the metrics found nothing');
  return monotonicMs() - start;
}

/** The sweep over few tickets and over ten times as many, and a month's metrics over all of them. */
export async function slaFigures({ place, rounds }: Bench): Promise<Figure[]> {
  const { rows } = await place.owner((client) =>
    client.query<{ n: number }>('SELECT count(*)::integer AS n FROM customers'),
  );
  const most = rows[0]?.n ?? 0;
  // The few must have enough open ones for every round.
  const due = Math.min(DUE, Math.floor(most / 10 / OPEN / (rounds + 1)));
  const [key = ''] = await place.apiKeys(PARTNERS.operator, 1, ['sla.read', 'sla.manage']);
  const api = await place.app('api');
  const sweeps = async (): Promise<number> => {
    const took: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await place.owner((client) => makeDue(client, due));
      took.push(await sweep(api.url, key, due));
    }
    return median(took.slice(1));
  };
  try {
    await place.owner((client) => fill(client, 1, most / 10 + 1));
    const few = await sweeps();
    await place.owner((client) => fill(client, most / 10 + 1, most + 1));
    const many = await sweeps();
    const read: number[] = [];
    for (let round = 0; round <= rounds; round += 1) read.push(await metrics(api.url, key));
    const month = median(read.slice(1));
    const text = most.toLocaleString('en-US');
    const than = `${number(few)} ms with ${(most / 10).toLocaleString('en-US')}`;
    return [
      {
        what: `SLA sweep, ${text} tickets, ${(most / OPEN).toLocaleString('en-US')} open, ${due} due`,
        ours: `${number(many)} ms; ${than}`,
        bare: '',
        ratio: number(many / few),
        target: `≤ ${SWEEP_MS} ms, ratio ≤ ${NEARLY}`,
        met: many <= SWEEP_MS && many / few <= NEARLY,
      },
      {
        what: `SLA metrics of 30 days, ${text} tickets`,
        ours: `${number(month)} ms`,
        bare: '',
        ratio: '',
        target: `≤ ${METRICS_MS} ms`,
        met: month <= METRICS_MS,
      },
    ];
  } finally {
    await api.stop();
  }
}
