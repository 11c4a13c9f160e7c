import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';
import { Gate } from '../support/gate.js';
import {
  makeNas,
  makeSubscriber,
  type MadeSubscriber,
  RADIUS_KEY,
  type RadiusReply,
  RadiusServer,
  radiusLogin,
  run,
  sql,
  vaultOf,
} from './support.js';

const SECRET = 'nas secret 1';
const OTHER_KEY = Buffer.from('another RADIUS key with 32 bytes').toString('base64');
let database: TestDatabase;
let gate: Gate;
let server: RadiusServer;
let one: MadeSubscriber;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await makeSubscriber(database.ownerUrl);
  await makeNas(database.ownerUrl, '127.0.0.1', SECRET);
  const reached = await radiusLogin(database.superUrl);
  gate = await Gate.to(reached.host, reached.port);
  server = await RadiusServer.start({ database: { ...reached, host: '127.0.0.1', port: gate.port } });
}, 120_000);
afterAll(async () => {
  await server.stop();
  gate.close();
  await database.drop();
});

const owner = <R extends object>(text: string, values?: unknown[]) => sql<R>(database.ownerUrl, text, values);
const login = (who: MadeSubscriber, more = '', password = who.password): Promise<RadiusReply> =>
  server.login(`User-Name="${who.username}",User-Password="${password}",NAS-IP-Address=127.0.0.1${more}`, SECRET);
const attempts = (username: string) =>
  owner<{ reply: string; reason: string | null; service_id: number | null }>(
    'SELECT reply, reason, service_id FROM radius.radpostauth WHERE username = $1 ORDER BY id',
    [username],
  );
const setAccess = (who: MadeSubscriber, access: string) =>
  owner('UPDATE subscribers SET access = $2 WHERE service_id = $1', [who.serviceId, access]);

describe('a log-in', () => {
  it('is accepted with everything that the service has', async () => {
    const reply = await login(one);
    expect(reply.kind).toBe('Access-Accept');
    const { 'Message-Authenticator': authenticator, ...attributes } = reply.attributes;
    expect(attributes).toEqual({
      Class: `0x${Buffer.from(`svc:${one.serviceId}:1:open:100000:20000`).toString('hex')}`,
      'Acct-Interim-Interval': '300',
      'Session-Timeout': '86400',
      'Framed-IP-Address': expect.stringMatching(/^100\.64\./),
      'Framed-IPv6-Prefix': '2001:db8:1::/64',
      'Delegated-IPv6-Prefix': '2001:db8:ff00::/56',
      'Mikrotik-Rate-Limit': '20000k/100000k',
      'WISPr-Bandwidth-Max-Down': '100000000',
      'WISPr-Bandwidth-Max-Up': '20000000',
    });
    expect(authenticator).toMatch(/^0x[0-9a-f]{32}$/);
  });

  it('is rejected with a wrong password, and the reject tells nothing of the service', async () => {
    const reply = await login(one, '', 'wrong');
    expect(reply.kind).toBe('Access-Reject');
    expect(Object.keys(reply.attributes)).toEqual(['Message-Authenticator']);
  });

  it('is rejected for a name that nobody has', async () => {
    const reply = await server.login('User-Name="nobody@isp.internal",User-Password="x"', SECRET);
    expect(reply.kind).toBe('Access-Reject');
    expect(await attempts('nobody@isp.internal')).toEqual([
      { reply: 'Access-Reject', reason: expect.anything(), service_id: null },
    ]);
  });

  it('works with CHAP', async () => {
    const chap = (password: string) =>
      server.login(`User-Name="${one.username}",CHAP-Password="${password}",NAS-IP-Address=127.0.0.1`, SECRET);
    expect((await chap(one.password)).kind).toBe('Access-Accept');
    expect((await chap('wrong')).kind).toBe('Access-Reject');
  });

  it('works with MS-CHAP', async () => {
    const mschap = (password: string) =>
      run('radtest', ['-t', 'mschap', one.username, password, `127.0.0.1:${server.authPort}`, '0', SECRET]);
    expect(await mschap(one.password)).toContain('Received Access-Accept');
    expect(await mschap('wrong')).toContain('Received Access-Reject');
  });

  it('is noted, accepted or not, without a password', async () => {
    const noted = await attempts(one.username);
    expect(new Set(noted.map(({ reply }) => reply))).toEqual(new Set(['Access-Accept', 'Access-Reject']));
    expect(noted.every(({ service_id }) => service_id === one.serviceId)).toBe(true);
    const [row] = await owner<{ all: string }>(
      `SELECT string_agg(to_jsonb(p)::text, ' ') AS all FROM radius.radpostauth p`,
    );
    expect(row?.all).not.toContain(one.password);
    expect(row?.all).not.toContain('wrong"');
    expect(await server.log()).not.toContain(one.password);
    expect(await server.log()).not.toMatch(/radius-of-the-tests|password='/);
  });

  it('of a suspended service ends in the walled garden', async () => {
    const suspended = await makeSubscriber(database.ownerUrl);
    await setAccess(suspended, 'walled_garden');
    const { kind, attributes } = await login(suspended);
    expect(kind).toBe('Access-Accept');
    expect(attributes).toMatchObject({
      'Framed-Pool': 'walled-garden',
      'Mikrotik-Address-List': 'walled-garden',
      'Session-Timeout': '600',
    });
    expect(attributes).not.toHaveProperty('Framed-IP-Address');
    await setAccess(suspended, 'open');
    expect((await login(suspended)).attributes).toHaveProperty('Framed-IP-Address');
  });

  it('of a closed service is rejected, with the right password too', async () => {
    const closed = await makeSubscriber(database.ownerUrl);
    await setAccess(closed, 'closed');
    const { kind, attributes } = await login(closed);
    expect([kind, Object.keys(attributes)]).toEqual(['Access-Reject', ['Message-Authenticator']]);
  });

  it('follows a change of speed at once', async () => {
    const faster = await makeSubscriber(database.ownerUrl);
    await owner('UPDATE subscribers SET download_kbps = 5000000, upload_kbps = 512 WHERE service_id = $1', [
      faster.serviceId,
    ]);
    expect((await login(faster)).attributes).toMatchObject({
      'Mikrotik-Rate-Limit': '512k/5000000k',
      // More than 32 bits of bits per second cannot be said.
      'WISPr-Bandwidth-Max-Down': '4294967295',
      'WISPr-Bandwidth-Max-Up': '512000',
    });
  });
});

describe('what somebody sends', () => {
  it.each([
    ['SQL', `x') ; DROP TABLE radius.radacct; --`],
    ['quotes and backslashes', `o'brien\\ "x" \\'`],
    ['a percent sign', '%{sql:SELECT 1}%s'],
    ['what is not ASCII', 'jürgen@ü.example'],
  ])('as a user name is text: %s', async (_, name) => {
    const quoted = name.replaceAll(/[\\"]/g, '\\$&');
    const reply = await server.login(`User-Name="${quoted}",User-Password="x"`, SECRET);
    expect(reply.kind).toBe('Access-Reject');
    expect((await attempts(name)).map((row) => row.reply)).toEqual(['Access-Reject']);
  });

  it('that is not UTF-8 harms nobody', async () => {
    await server.login('User-Name="\\377\\376bad",User-Password="x"', SECRET);
    expect((await login(one)).kind).toBe('Access-Accept');
  });
});

describe('a NAS', () => {
  const from = (address: string, secret: string) =>
    server.login(
      `User-Name="${one.username}",User-Password="${one.password}",Packet-Src-IP-Address=${address},NAS-IP-Address=${address}`,
      secret,
    );

  it('with a wrong secret gets no usable answer', async () => {
    expect((await from('127.0.0.1', 'not the secret')).kind).not.toBe('Access-Accept');
  });

  it('is known as soon as it is in the database, without a restart', async () => {
    expect((await from('127.0.0.7', 'late')).kind).toBeUndefined();
    const id = await makeNas(database.ownerUrl, '127.0.0.7', 'late');
    expect((await from('127.0.0.7', 'late')).kind).toBe('Access-Accept');
    await owner('UPDATE devices SET nas_secret = $2 WHERE id = $1', [id, vaultOf().seal('rotated', { nas: id })]);
    // As long as a client is kept (2 s here).
    await sleep(3_000);
    expect((await from('127.0.0.7', 'rotated')).kind).toBe('Access-Accept');
    expect((await from('127.0.0.7', 'late')).kind).not.toBe('Access-Accept');
    await owner('UPDATE devices SET nas_address = NULL WHERE id = $1', [id]);
    await sleep(3_000);
    expect((await from('127.0.0.7', 'rotated')).kind).toBeUndefined();
  }, 30_000);

  it('that leaves out Message-Authenticator is not answered', async () => {
    const { radclient } = await import('./support.js');
    const attributes = `User-Name="${one.username}",User-Password="${one.password}"`;
    expect((await radclient(server.authPort, 'auth', attributes, SECRET)).kind).toBeUndefined();
  });
});

describe('sealed passwords', () => {
  it('open in their own place only', async () => {
    const [left, right] = [await makeSubscriber(database.ownerUrl), await makeSubscriber(database.ownerUrl)];
    await owner(
      `UPDATE subscribers s SET password_radius = o.password_radius FROM subscribers o WHERE s.service_id = $1 AND o.service_id = $2`,
      [left.serviceId, right.serviceId],
    );
    expect((await login(left, '', right.password)).kind).toBe('Access-Reject');
    expect((await login(left)).kind).toBe('Access-Reject');
  });

  it('open unaltered only', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    for (const at of [10, 25, 40, 60]) {
      await owner(
        `UPDATE subscribers SET password_radius = set_byte(password_radius, $2, get_byte(password_radius, $2) # 1) WHERE service_id = $1`,
        [who.serviceId, at],
      );
      expect((await login(who)).kind).toBe('Access-Reject');
      await owner(
        `UPDATE subscribers SET password_radius = set_byte(password_radius, $2, get_byte(password_radius, $2) # 1) WHERE service_id = $1`,
        [who.serviceId, at],
      );
    }
    expect((await login(who)).kind).toBe('Access-Accept');
  });

  it('under a key that the server does not have are met with silence, not with a reject', async () => {
    const strange = await makeSubscriber(database.ownerUrl, { vault: vaultOf(OTHER_KEY) });
    expect((await login(strange)).kind).toBeUndefined();
    expect((await login(one)).kind).toBe('Access-Accept');
  });

  it('of two keys open while one replaces the other', async () => {
    const strange = await makeSubscriber(database.ownerUrl, { vault: vaultOf(OTHER_KEY) });
    const reached = await radiusLogin(database.superUrl);
    const both = await RadiusServer.start({ database: reached, key: `${OTHER_KEY},${RADIUS_KEY}` });
    try {
      for (const who of [strange, one]) {
        const asked = `User-Name="${who.username}",User-Password="${who.password}"`;
        expect((await both.login(asked, SECRET)).kind).toBe('Access-Accept');
      }
    } finally {
      await both.stop();
    }
  }, 30_000);
});

describe('the role of the RADIUS server', () => {
  it('can list no passwords, no secrets and no table at all', async () => {
    const { host, port, name, password } = await radiusLogin(database.superUrl);
    const url = `postgres://isp_radius:${password}@${host}:${port}/${name}`;
    for (const text of [
      'SELECT password_radius FROM subscribers',
      'SELECT password_sealed FROM subscribers',
      'SELECT nas_secret FROM devices',
      'SELECT * FROM radius.radacct',
      'SELECT * FROM radius.radpostauth',
      'SELECT * FROM customers',
      'DELETE FROM radius.radacct',
      'UPDATE radius.radacct SET username = NULL',
      `INSERT INTO radius.radpostauth (username, reply) VALUES ('x', 'x')`,
      `SELECT radius.open_secret('\\x00', 'x')`,
      'SET ROLE isp_app',
      'CREATE TABLE radius.mine ()',
    ])
      await expect(sql(url, text)).rejects.toMatchObject({ code: '42501' });
    // Without the key, the functions that it may call open nothing either.
    await expect(sql(url, `SELECT * FROM radius.auth_check('${one.username}')`)).rejects.toThrow(/no RADIUS key/);
    const tables = await sql<{ name: string }>(
      database.superUrl,
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
          AND c.relnamespace::regnamespace::text <> 'information_schema'
          AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('isp_radius', c.oid, 'USAGE') ELSE
            has_any_column_privilege('isp_radius', c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege('isp_radius', c.oid, 'DELETE, TRUNCATE') END`,
    );
    expect(tables).toEqual([]);
  });
});

describe('without a database', () => {
  const patiently = async (work: () => Promise<RadiusReply>): Promise<string | undefined> => {
    for (let tries = 0; tries < 15; tries += 1) {
      const { kind } = await work();
      if (kind) return kind;
    }
    return undefined;
  };

  it.each(['shut', 'stop'] as const)(
    '(%s) it says nothing, and comes back by itself',
    async (how) => {
      expect((await server.status()).kind).toBe('Access-Accept');
      gate[how]();
      expect((await login(one)).kind).toBeUndefined();
      expect((await login(one, '', 'wrong')).kind).toBeUndefined();
      expect((await server.status()).kind).toBeUndefined();
      const asked = `Acct-Status-Type=Start,User-Name="somebody",Acct-Session-Id="down-${how}",NAS-IP-Address=127.0.0.1`;
      expect((await server.account(asked, SECRET)).kind).toBeUndefined();
      gate.open();
      expect(await patiently(() => login(one))).toBe('Access-Accept');
      expect(await patiently(() => server.account(asked, SECRET))).toBe('Accounting-Response');
      expect(await patiently(() => server.status())).toBe('Access-Accept');
    },
    60_000,
  );
});
