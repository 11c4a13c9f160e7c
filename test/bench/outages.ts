import { monotonicMs } from '@isp/kernel';
import type pg from 'pg';
import { LIST_FOR_OUTAGE } from '../../libs/domain/outages/topology/topology.js';
import { fillServices } from './data.js';
import { type Figure, median, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';

const COUNT = 20_000;
const LIST_MS = 500;
const NOTICES_SECONDS = 5;

interface Bench {
  readonly place: Place;
  readonly rounds: number;
}

/** A node with two OLTs and an ONT for each of its services; answers the node. */
async function fill(client: pg.Client): Promise<number> {
  const ids = await fillServices(client, COUNT, [PARTNERS.operator, PARTNERS.large, ...PARTNERS.others]);
  await client.query(`UPDATE services SET status = 'active', activated_at = now() WHERE id = ANY ($1)`, [ids]);
  const { rows } = await client.query<{ id: number }>(
    `WITH n AS (INSERT INTO network_nodes (code, name, kind) VALUES ('BENCH-' || extract(epoch FROM now())::bigint, 'Bench', 'pop') RETURNING id),
     o AS (INSERT INTO devices (name, kind, node_id) SELECT 'bench olt ' || g || ' ' || now(), 'olt', n.id FROM n, generate_series(1, 2) g RETURNING id),
     pair AS (SELECT min(id) AS a, max(id) AS b FROM o),
     t AS (INSERT INTO devices (name, kind, olt_id, service_id)
       SELECT 'bench ont ' || s.id, 'ont', CASE WHEN s.id % 2 = 0 THEN a ELSE b END, s.id FROM pair, unnest($1::integer[]) s (id))
     SELECT id FROM n`,
    [ids],
  );
  await client.query('VACUUM ANALYZE devices, services');
  return rows[0]?.id ?? 0;
}

/** A node falls: how long until its outage stands, with all that hangs behind it and a notice for everybody, and its list. */
export async function outageFigures({ place, rounds }: Bench): Promise<Figure[]> {
  const nodeId = await place.owner(fill);
  const [key = ''] = await place.apiKeys(PARTNERS.operator, 1, ['outage.read', 'outage.manage']);
  const api = await place.app('api', {});
  const ask = async (path: string, body?: object) => {
    const began = monotonicMs();
    const answer = await fetch(`${api.url}/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'x-api-key': key, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = (await answer.json()) as { id: number; affected_services: number; error?: unknown };
    if (!answer.ok) throw new Error(JSON.stringify(json));
    return { ms: monotonicMs() - began, json };
  };
  try {
    const times: Record<'opened' | 'listed', number[]> = { opened: [], listed: [] };
    for (let round = 0; round < rounds; round += 1) {
      const opened = await ask('outages', { node_id: nodeId });
      if (opened.json.affected_services < COUNT) throw new Error(`only ${opened.json.affected_services} services`);
      const listed = await ask(`outages/${opened.json.id}/services?per_page=100`);
      times.opened.push(opened.ms / 1_000);
      times.listed.push(listed.ms);
      await ask(`outages/${opened.json.id}/cancel`, { reason: 'Measured' });
    }
    const alone = await place.owner((client) => explained(client, nodeId));
    const [opened, listed] = [median(times.opened), median(times.listed)];
    const figure = (what: string, ours: string, target: string, met: boolean): Figure => ({
      what,
      ours,
      bare: '',
      ratio: '',
      target,
      met,
    });
    const services = COUNT.toLocaleString('en-US');
    return [
      figure(
        `outage of a node: its ${services} services found and listed`,
        `${number(alone)} ms`,
        `${LIST_MS} ms`,
        alone <= LIST_MS,
      ),
      figure('the first 100 of them over HTTP', `${number(listed)} ms`, `${LIST_MS} ms`, listed <= LIST_MS),
      figure(
        'the whole of it: list, ticket, a notice each, events, committed',
        `${number(opened)} s`,
        `${NOTICES_SECONDS} s`,
        opened <= NOTICES_SECONDS,
      ),
    ];
  } finally {
    await api.stop();
  }
}

/** What the database itself needs to find them and keep the list. */
async function explained(client: pg.Client, nodeId: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO outages (node_id, origin, title, started_at, detected_at, opened_by) VALUES ($1, 'person', 'x', now(), now(), 'bench') RETURNING id`,
      [nodeId],
    );
    const began = monotonicMs();
    await client.query(LIST_FOR_OUTAGE.text, [null, nodeId, rows[0]?.id, new Date()]);
    times.push(monotonicMs() - began);
    await client.query('ROLLBACK');
  }
  return median(times);
}
