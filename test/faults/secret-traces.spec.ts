import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it } from '@jest/globals';
import { query } from '../support/embedded-postgres.js';
import { ask, type Ask } from './support/http.js';
import { MASTER_KEYS } from './support/fault-database.js';
import type { ProgramProcess } from './support/program-process.js';
import { drained, order } from './support/provisioning.js';
import { inWorld, report, until, type World } from './support/world.js';

/** What a person or a device was given in clear text, or gave, by what it is. */
type Secrets = Map<string, string>;
/** Everything that outlives a call, by where it is. */
type Traces = Map<string, string>;

const SETTINGS = {
  ISP_LOG_LEVEL: 'trace',
  ISP_WEBHOOK_ALLOWED_CIDRS: '127.0.0.0/8',
  ISP_RADIUS_KEY: Buffer.from('a RADIUS key of the traces, 32 b').toString('base64'),
};

interface Caller {
  readonly world: World;
  readonly api: ProgramProcess;
}

async function call({ world, api }: Caller, path: string, request: Ask, expected: number) {
  const answer = await ask(`${api.url}/v1/${path}`, world.database.apiKey, request);
  expect([path, answer.status]).toEqual([path, expected]);
  return answer.body;
}

const put = (caller: Caller, path: string, body: unknown) =>
  fetch(`${caller.api.url}/v1/${path}`, {
    method: 'PUT',
    headers: { 'x-api-key': caller.world.database.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Gives and takes every kind of secret over the API, rightly and wrongly, and has all of them used. */
async function live(caller: Caller, hook: string): Promise<Secrets> {
  const { world, api } = caller;
  const given = (name: string) => `given-${name.replaceAll(' ', '-')}-of-the-traces-7Qx`;
  const secrets: Secrets = new Map([
    ['API key', world.database.apiKey.split('_').at(-1) as string],
    ['master key', MASTER_KEYS.split(':')[1] as string],
    ['RADIUS key', SETTINGS.ISP_RADIUS_KEY],
    ['database password', new URL(world.database.appUrl).password],
  ]);
  const keep = (name: string): string => secrets.set(name, given(name)).get(name) as string;

  const endpoint = await call(
    caller,
    'webhooks/endpoints',
    { method: 'POST', body: { url: hook, events: ['*'] } },
    201,
  );
  secrets.set('webhook secret', String(endpoint['secret']).replace('whsec_', ''));
  const device = await world.row<{ id: number }>(`SELECT id FROM devices WHERE name = 'good'`);
  const credentials = Object.fromEntries(
    ['snmp_community', 'ssh_password', 'api_password', 'snmp_auth_key', 'snmp_priv_key'].map((name) => [
      name,
      keep(name),
    ]),
  );
  expect((await put(caller, `network/devices/${device.id}/credentials`, credentials)).status).toBe(204);
  // Refused as a whole: what was refused is a secret all the same.
  expect(
    (await put(caller, `network/devices/${device.id}/credentials`, { snmp: keep('refused credential') })).status,
  ).toBe(400);
  const nas = { device_id: device.id, address: '127.0.0.9', secret: keep('NAS secret') };
  await call(caller, 'network/nas', { method: 'POST', body: nas }, 201);
  const login = { login: 'nobody@example.com', password: keep('wrong password') };
  await call(caller, 'auth/login', { method: 'POST', body: login }, 401);
  const raw = `{"login": "nobody@example.com", "password": "${keep('password in broken JSON')}"`;
  await fetch(`${api.url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: raw,
  });
  const stranger = `test_isp_${'A'.repeat(8)}${keep('unknown API key').replaceAll('-', '')}`;
  secrets.set('unknown API key', stranger.slice(-30));
  expect((await ask(`${api.url}/v1/customers`, stranger)).status).toBe(401);

  await order(world, api, 3);
  await drained(world, 60_000);
  for (const id of [1, 2, 3]) {
    const { password } = await call(caller, `services/${id}/credentials`, {}, 200);
    secrets.set(`PPPoE password of ${id}`, String(password));
  }
  await call(caller, 'services/1/credentials/rotate', { method: 'POST' }, 200);
  const rotated = await call(caller, 'services/1/credentials', {}, 200);
  secrets.set('rotated PPPoE password', String(rotated['password']));
  return secrets;
}

async function databaseTraces(world: World): Promise<Traces> {
  const traces: Traces = new Map();
  const tables = await world.rows<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  for (const { name } of tables) {
    const rows = await query<{ text: string }>(world.database.superUrl, `SELECT t::text AS text FROM ${name} t`);
    traces.set(`table ${name}`, rows.map(({ text }) => text).join('\n'));
  }
  return traces;
}

async function redisTraces(url: string): Promise<Traces> {
  const client = new Redis(url);
  const traces: Traces = new Map();
  for (const key of await client.keys('*')) {
    const dump = await client.dumpBuffer(key);
    traces.set(`redis ${key}`, `${key} ${dump?.toString('latin1') ?? ''}`);
  }
  client.disconnect();
  return traces;
}

it('S1: no secret is found in a log line, in output, metrics, events, deliveries, queues or tables', async () => {
  const delivered: string[] = [];
  const receiver = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      delivered.push(`${request.url ?? ''} ${Buffer.concat(chunks).toString('utf8')}`);
      response.end('ok');
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  try {
    await inWorld(async (world) => {
      const [api, worker] = (await world.startAll('api', 'worker')) as [ProgramProcess, ProgramProcess];
      const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
      const secrets = await live({ world, api }, hook);
      await until('deliveries', () => delivered.some((text) => text.includes('service.activated')), 60_000);
      const traces = await databaseTraces(world);
      for (const process of [api, worker]) {
        traces.set(`output of the ${process.program}`, process.lines.join('\n'));
        traces.set(`metrics of the ${process.program}`, await (await fetch(`${process.url}/metrics`)).text());
      }
      traces.set('deliveries', delivered.join('\n'));
      if (world.redis) for (const [name, text] of await redisTraces(world.redis.url)) traces.set(name, text);
      const found: string[] = [];
      for (const [what, secret] of secrets) {
        const forms = [
          secret,
          Buffer.from(secret).toString('hex'),
          Buffer.from(secret).toString('base64').slice(0, -4),
        ];
        for (const [where, text] of traces)
          if (forms.some((form) => text.includes(form))) found.push(`${what} in ${where}`);
      }
      report('S1', {
        secrets: secrets.size,
        places: traces.size,
        characters: [...traces.values()].reduce((sum, text) => sum + text.length, 0),
        found: found.length,
      });
      expect(found).toEqual([]);
      // What was searched is what there is to search: each holds something that is no secret.
      expect(traces.get('output of the api')).toContain('/v1/auth/login');
      expect(traces.get('output of the worker')?.length).toBeGreaterThan(1_000);
      expect(traces.get('deliveries')).toContain('service.activated');
      expect(traces.get('table work_items')).toContain('provisioning_job_id');
      expect(traces.get('table outbox')).toContain('services.service.activated.v1');
      expect([...secrets.values()].every((secret) => secret.length >= 8)).toBe(true);
    }, SETTINGS);
  } finally {
    receiver.close();
  }
}, 300_000);
