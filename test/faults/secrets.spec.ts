import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { DefineRouter, RadiusVault, RevealCredentials, SetDeviceCredentials } from '@isp/domain/network';
import { SecretBox } from '@isp/platform/crypto';
import { loadConfig } from '@isp/platform/config';
import { keysInUse } from '../../apps/cli/keys-in-use.js';
import { rotateKeys } from '../../apps/cli/rotate-keys.js';
import { SEALED_COLUMNS } from '../../apps/cli/sealed-columns.js';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld, MASTER_KEYS } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';
import { whileHeld } from '../support/while-held.js';

const NEXT = `next:${Buffer.from('the master key of next year 32 b').toString('base64')}`;
const PARTNER = 2;
let world: ApiWorld;
let worker: RunningProgram;
let key: string;
let router: number;
const issued = new Map<string, string>();

beforeAll(async () => {
  // Every process knows the next key before anything is sealed under it.
  world = await apiWorld({ seeded: true, settings: { ISP_MASTER_KEYS: `${MASTER_KEYS},${NEXT}` } });
  worker = await startProgram(loadConfig(settings(`${MASTER_KEYS},${NEXT}`)), { api: false, worker: true });
  key = await world.keyOf(1, PERMISSIONS, 'all');
  issued.set('API key', key.split('_').at(-1) as string);
  const made = factory(world);
  const defined = {
    actor: EVERYTHING,
    name: 'secrets',
    driver: 'simulated',
    settings: {},
    prefixes: ['10.202.0.0/24'],
  };
  router = (await made.use(DefineRouter).execute(defined)).id;
  const secrets = { snmp_community: 'community-of-the-spec', ssh_password: 'ssh-password-of-the-spec' };
  for (const [name, secret] of Object.entries(secrets)) issued.set(name, secret);
  await made.use(SetDeviceCredentials).execute({ actor: EVERYTHING, id: router, credentials: secrets });
  const hook = await world.ask('/v1/webhooks/endpoints', {
    method: 'POST',
    key,
    body: { url: 'https://hooks.example/spec', events: ['*'] },
  });
  const { secret } = hook.json<{ secret?: string }>();
  if (secret) issued.set('webhook secret', secret.replace('whsec_', ''));
  for (let index = 0; index < 3; index += 1) await online(made);
}, 180_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

const settings = (keys: string) => ({
  DATABASE_URL: world.database.appUrl,
  ISP_MASTER_KEYS: keys,
  ISP_LOG_LEVEL: 'silent',
  PORT: '0',
});
const services: number[] = [];
async function online(made: ReturnType<typeof factory>): Promise<void> {
  const id = Number(await made.make.service(PARTNER));
  const body = { provisioning_data: { router_id: router } };
  expect((await world.ask(`/v1/services/${id}/provision`, { method: 'POST', key, body })).status).toBe(202);
  for (;;) {
    const { status } = (await world.ask(`/v1/services/${id}`, { key })).json<{ status: string }>();
    if (status === 'active') break;
  }
  services.push(id);
  issued.set(`PPPoE password of ${id}`, (await reveal(id)).password);
}
const reveal = (serviceId: number, app = world.program.app) =>
  app.get(RevealCredentials, { strict: false }).execute(EVERYTHING, serviceId);

it('S1: no secret that was issued is found anywhere in the database', async () => {
  const tables = await query<{ name: string }>(
    world.database.superUrl,
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  const found: string[] = [];
  let rows = 0;
  for (const { name } of tables) {
    const dump = await query<{ text: string }>(world.database.superUrl, `SELECT t::text AS text FROM ${name} t`);
    rows += dump.length;
    const text = dump.map((row) => row.text).join('\n');
    for (const [what, secret] of issued) {
      const hex = Buffer.from(secret).toString('hex');
      if (text.includes(secret) || text.includes(hex)) found.push(`${what} in ${name}`);
    }
  }
  process.stdout.write(`S1: ${tables.length} tables, ${rows} rows, ${issued.size} secrets, found ${found.length}\n`);
  expect([...issued.keys()]).toHaveLength(7);
  expect(found).toEqual([]);
  // It would be found if it were there.
  await world.sql(
    `UPDATE devices SET settings = settings || '{"note": "${issued.get('ssh_password')}"}' WHERE id = ${router}`,
  );
  const [seen] = await query<{ hit: boolean }>(
    world.database.superUrl,
    `SELECT bool_or(t::text LIKE '%${issued.get('ssh_password')}%') AS hit FROM devices t`,
  );
  expect(seen?.hit).toBe(true);
  await world.sql(`UPDATE devices SET settings = settings - 'note' WHERE id = ${router}`);
}, 60_000);

describe('S2: a sealed text', () => {
  const [A, B] = [() => services[0] as number, () => services[1] as number];
  const sealedOf = async (id: number) =>
    (
      await world.sql<{ sealed: string; radius: Buffer }>(
        `SELECT password_sealed AS sealed, password_radius AS radius FROM subscribers WHERE service_id = ${id}`,
      )
    )[0] as { sealed: string; radius: Buffer };
  const put = (id: number, sealed: string, radius: Buffer) =>
    world.sql(
      `UPDATE subscribers SET password_sealed = '${sealed}', password_radius = '\\x${radius.toString('hex')}' WHERE service_id = ${id}`,
    );

  it('opens in its own place only, whole, and in the version that is known', async () => {
    const [mine, other] = [await sealedOf(A()), await sealedOf(B())];
    const flip = (text: string) => text.slice(0, -3) + (text.at(-3) === 'A' ? 'B' : 'A') + text.slice(-2);
    const bad = [other.sealed, flip(mine.sealed), mine.sealed.replace(/^v1/, 'v0'), ''];
    try {
      for (const sealed of bad) {
        await put(A(), sealed, mine.radius);
        await expect(reveal(A())).rejects.toMatchObject({ code: 'crypto.secret.unreadable' });
      }
    } finally {
      await put(A(), mine.sealed, mine.radius);
    }
    expect((await reveal(A())).password).toBe(issued.get(`PPPoE password of ${A()}`));
  });

  it('opens for the RADIUS server under the same conditions', async () => {
    const [mine, other] = [await sealedOf(A()), await sealedOf(B())];
    const vault = world.program.app.get(RadiusVault, { strict: false });
    const flipped = Buffer.from(mine.radius);
    flipped.writeUInt8(flipped.readUInt8(30) ^ 1, 30);
    const old = Buffer.from(mine.radius);
    old.writeUInt8(0, 0);
    const open = async (sealed: Buffer) => {
      const rows = await query<{ text: string | null }>(
        world.database.superUrl,
        `WITH k AS MATERIALIZED (SELECT radius.use_keys('${vault.serverKeys}') AS n)
         SELECT radius.open_secret('\\x${sealed.toString('hex')}',
           CASE WHEN k.n > 0 THEN 'subscribers.password_radius:${A()}' END) AS text FROM k`,
      );
      return rows[0]?.text;
    };
    expect(await open(mine.radius)).toBe(issued.get(`PPPoE password of ${A()}`));
    for (const sealed of [other.radius, flipped, old]) {
      expect(() => vault.open(sealed, { subscriberOf: A() })).toThrow('cannot be read');
      expect(await open(sealed)).toBeNull();
    }
    expect(vault.open(mine.radius, { subscriberOf: A() })).toBe(issued.get(`PPPoE password of ${A()}`));
  });
});

describe('S3: the master key', () => {
  const rotate = (): ChildProcess =>
    spawn(process.execPath, ['--import', './test/support/runner/run-ts.mjs', 'apps/cli/main.ts', 'rotate-keys'], {
      env: { PATH: process.env['PATH'] ?? '', ...settings(`${NEXT},${MASTER_KEYS}`) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  /** It says that subscribers are done and cannot get past devices, which come later, before it is killed. */
  const killedMidway = () =>
    whileHeld(world.database.superUrl, 'LOCK TABLE devices IN SHARE ROW EXCLUSIVE MODE', async () => {
      const first = rotate();
      const said = await Promise.race([once(first.stderr as NodeJS.ReadableStream, 'data'), once(first, 'exit')]);
      first.kill('SIGKILL');
      if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
      return [String(said[0]), first.signalCode];
    });

  it('knows every sealed column of the schema', async () => {
    const columns = await world.sql<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND column_name LIKE '%sealed'`,
    );
    const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    expect(columns.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is rotated under load, killed midway and taken up again, and the old one can go', async () => {
    let [reads, failed] = [0, 0];
    const done = new AbortController();
    const readers = services.map(async (id) => {
      while (!done.signal.aborted) {
        reads += 1;
        const right = await reveal(id).then(
          ({ password }) => password === issued.get(`PPPoE password of ${id}`),
          () => false,
        );
        if (!right) failed += 1;
      }
    });
    expect(await killedMidway()).toEqual([expect.stringContaining('subscribers'), 'SIGKILL']);
    const app = await startProgram(loadConfig(settings(`${NEXT},${MASTER_KEYS}`)), { api: true, worker: false });
    const halfway = await keysInUse(app.app);
    const { resealed, unreadable } = await rotateKeys(app.app);
    const again = await rotateKeys(app.app);
    const after = (await keysInUse(app.app)).filter(
      (use) => use.key === 'test' && use.place !== 'api_keys.secret_hmac',
    );
    done.abort();
    await Promise.all(readers);
    await app.stop(0);
    process.stdout.write(`S3: ${reads} reads, ${failed} failed, ${resealed} sealed again after the kill\n`);
    expect([failed, unreadable, again, after]).toEqual([0, [], { resealed: 0, unreadable: [] }, []]);
    expect(new Set(halfway.map((use) => use.key))).toEqual(new Set(['next', 'test']));
    expect(halfway.map((use) => use.place)).toContain('subscribers.password_radius');
    const without = new SecretBox({
      activeKeyId: 'next',
      keys: new Map([['next', Buffer.from(NEXT.slice(5), 'base64')]]),
    });
    for (const id of services) {
      const [row] = await world.sql<{ sealed: string }>(
        `SELECT password_sealed AS sealed FROM subscribers WHERE service_id = ${id}`,
      );
      expect(without.open(row?.sealed ?? '', { table: 'subscribers', column: 'password_sealed', row: id })).toBe(
        issued.get(`PPPoE password of ${id}`),
      );
    }
  }, 60_000);
});
