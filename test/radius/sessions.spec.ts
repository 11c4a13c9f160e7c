import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';
import { makeNas, makeSubscriber, type MadeSubscriber, RadiusServer, radiusLogin, sql } from './support.js';

const SECRET = 'nas secret 1';
const GIB4 = 4_294_967_296;
let database: TestDatabase;
let server: RadiusServer;

beforeAll(async () => {
  database = await createTestDatabase();
  for (const address of ['127.0.0.1', '127.0.0.5']) await makeNas(database.ownerUrl, address, SECRET);
  server = await RadiusServer.start({ database: await radiusLogin(database.superUrl) });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const owner = <R extends object>(text: string, values?: unknown[]) => sql<R>(database.ownerUrl, text, values);
const now = async (): Promise<number> =>
  Number((await owner<{ now: string }>('SELECT extract(epoch FROM now())::bigint AS now'))[0]?.now);

/** Sends an accounting packet, as a NAS does. */
async function account(status: string, who: { username: string }, session: string, more = ''): Promise<void> {
  const attributes = `Acct-Status-Type=${status},User-Name="${who.username}",Acct-Session-Id="${session}",NAS-IP-Address=127.0.0.1${more && `,${more}`}`;
  expect((await server.account(attributes, SECRET)).kind).toBe('Accounting-Response');
}

interface Row {
  readonly acctsessionid: string;
  readonly [column: string]: unknown;
}
const rowsOf = (who: MadeSubscriber) =>
  owner<Row>(
    `SELECT acctsessionid, service_id, partner_id IS NOT NULL AS owned, acctstoptime IS NULL AS open, closed_by, acctterminatecause AS cause,
            acctsessiontime::integer AS seconds, extract(epoch FROM acctupdatetime - acctstarttime)::integer AS spans,
            acctinputoctets::float8 AS input, acctoutputoctets::float8 AS output, acctipv6inputoctets::float8 AS input6,
            acctipv6outputoctets::float8 AS output6, host(framedipaddress) AS address, framedipv6prefix::text AS prefix, delegatedipv6prefix::text AS delegated
       FROM radius.radacct WHERE username = $1 ORDER BY radacctid`,
    [who.username],
  );
const usageOf = (who: MadeSubscriber) =>
  owner<Record<string, unknown>>(
    `SELECT day::text, input_octets::float8 AS input, output_octets::float8 AS output, ipv6_input_octets::float8 AS input6,
            ipv6_output_octets::float8 AS output6 FROM usage_daily WHERE service_id = $1 ORDER BY day`,
    [who.serviceId],
  );
const counters = (seconds: number, input: number, output: number) =>
  `Acct-Session-Time=${seconds},Acct-Input-Octets=${input % GIB4},Acct-Input-Gigawords=${Math.floor(input / GIB4)},Acct-Output-Octets=${output % GIB4},Acct-Output-Gigawords=${Math.floor(output / GIB4)}`;

describe('a session', () => {
  it('is stored from start to stop, with its 64 bits, its IPv6 octets and its addresses', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    const at = (await now()) - 1_000;
    const place =
      'Framed-IP-Address=100.64.1.1,Framed-IPv6-Prefix=2001:db8:1::/64,Delegated-IPv6-Prefix=2001:db8:ff00::/56';
    await account('Start', who, '%lX6b014eeb%hX', `Event-Timestamp=${at},${place}`);
    const told = `${counters(300, 2 * GIB4 + 1000, 7 * GIB4 + 4_294_967_295)},ERX-IPv6-Acct-Input-Octets=555,ERX-IPv6-Acct-Input-Gigawords=1,ERX-IPv6-Acct-Output-Octets=77`;
    await account('Interim-Update', who, '%lX6b014eeb%hX', `Event-Timestamp=${at + 300},${told}`);
    await account(
      'Stop',
      who,
      '%lX6b014eeb%hX',
      `Event-Timestamp=${at + 360},${told.replace('Time=300', 'Time=360')},Acct-Terminate-Cause=User-Request`,
    );
    expect(await rowsOf(who)).toEqual([
      {
        acctsessionid: '%lX6b014eeb%hX',
        service_id: who.serviceId,
        owned: true,
        open: false,
        closed_by: 'nas',
        cause: 'User-Request',
        seconds: 360,
        spans: 360,
        input: 2 * GIB4 + 1000,
        output: 7 * GIB4 + 4_294_967_295,
        input6: GIB4 + 555,
        output6: 77,
        address: '100.64.1.1',
        prefix: '2001:db8:1::/64',
        delegated: '2001:db8:ff00::/56',
      },
    ]);
    const total = (await usageOf(who)).reduce<number>((sum, day) => sum + Number(day['input']), 0);
    expect(total).toBe(2 * GIB4 + 1000);
  });

  it.each([['Interim-Update'], ['Stop']])('of which %s is the first to arrive is whole, IPv6 too', async (status) => {
    const who = await makeSubscriber(database.ownerUrl);
    await account(
      status,
      who,
      'first',
      `${counters(600, 10, 20)},Huawei-Acct-IPv6-Input-Octets=30,Huawei-Acct-IPv6-Output-Octets=40`,
    );
    expect(await rowsOf(who)).toMatchObject([
      { seconds: 600, spans: 600, input: 10, output: 20, input6: 30, output6: 40, open: status !== 'Stop' },
    ]);
  });

  it('is found by its Class when the NAS sends another name', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    await account(
      'Start',
      { username: `REALM/${who.username}` },
      'cls',
      `Class=0x${Buffer.from(`svc:${who.serviceId}`).toString('hex')}`,
    );
    const [row] = await owner<{ service_id: number }>(
      `SELECT service_id FROM radius.radacct WHERE acctsessionid = 'cls'`,
    );
    expect(row?.service_id).toBe(who.serviceId);
  });

  it('of a name that nobody has is stored for the operator', async () => {
    await account('Start', { username: 'ghost' }, 'g');
    const [row] = await owner<{ partner_id: number | null }>(
      `SELECT partner_id FROM radius.radacct WHERE username = 'ghost'`,
    );
    expect(row?.partner_id).toBeNull();
  });

  it('counts once, however often and in whatever order it is told', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    const at = (await now()) - 1_000;
    const tell = (seconds: number, octets: number, status = 'Interim-Update') =>
      account(status, who, 'order', `Event-Timestamp=${at + seconds},${counters(seconds, octets, octets * 2)}`);
    await tell(0, 0, 'Start');
    await tell(200, 2_000);
    await tell(100, 1_000);
    await tell(200, 2_000);
    await tell(400, 4_000, 'Stop');
    await tell(300, 3_000);
    await tell(400, 4_000, 'Stop');
    await tell(0, 0, 'Start');
    expect(await rowsOf(who)).toMatchObject([{ open: false, seconds: 400, input: 4_000, output: 8_000 }]);
    expect((await usageOf(who)).reduce<number>((sum, day) => sum + Number(day['output']), 0)).toBe(8_000);
  });

  it('whose 32-bit counter wraps goes on counting', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    const at = (await now()) - 1_000;
    const tell = (seconds: number, octets: number, status = 'Interim-Update') =>
      account(
        status,
        who,
        'wrap',
        `Event-Timestamp=${at + seconds},Acct-Session-Time=${seconds},Acct-Input-Octets=${octets},Acct-Output-Octets=5`,
      );
    await tell(0, 0, 'Start');
    await tell(300, 4_294_967_000);
    await tell(600, 1_000);
    expect(await rowsOf(who)).toMatchObject([{ input: GIB4 + 1_000, output: 5 }]);
    expect(await usageOf(who)).toMatchObject([{ input: GIB4 + 1_000 }]);
  });

  it('whose NAS starts anew and gives the id to another one keeps its row', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    const at = (await now()) - 5_000;
    const tell = (from: number, seconds: number, octets: number, status = 'Interim-Update') =>
      account(status, who, 'again', `Event-Timestamp=${at + from + seconds},${counters(seconds, octets, octets)}`);
    await tell(0, 0, 0, 'Start');
    await tell(0, 900, 700);
    await tell(1_000, 300, 50);
    await tell(1_000, 600, 90, 'Stop');
    await tell(2_000, 0, 0, 'Start');
    await tell(2_000, 300, 5);
    expect(await rowsOf(who)).toMatchObject([
      { open: false, closed_by: 'reused', input: 700, seconds: 900 },
      { open: false, closed_by: 'nas', input: 90, seconds: 600 },
      { open: true, input: 5 },
    ]);
    expect((await usageOf(who)).reduce<number>((sum, day) => sum + Number(day['input']), 0)).toBe(795);
  });

  it('ends when its NAS says that it started anew, and those of other NASes do not', async () => {
    const [here, there] = [await makeSubscriber(database.ownerUrl), await makeSubscriber(database.ownerUrl)];
    const start = (who: MadeSubscriber, nas: string) =>
      server.account(
        `Acct-Status-Type=Start,User-Name="${who.username}",Acct-Session-Id="b",NAS-IP-Address=${nas}`,
        SECRET,
      );
    await start(here, '127.0.0.5');
    await start(there, '127.0.0.1');
    await server.account(
      'Acct-Status-Type=Accounting-On,NAS-IP-Address=127.0.0.5,Packet-Src-IP-Address=127.0.0.5',
      SECRET,
    );
    expect(await rowsOf(here)).toMatchObject([{ open: false, closed_by: 'reload', cause: 'NAS-Reboot' }]);
    expect(await rowsOf(there)).toMatchObject([{ open: true }]);
    expect(await owner('SELECT status FROM radius.nasreload')).toEqual([{ status: 'Accounting-On' }]);
  });
});

describe('usage', () => {
  it('is split at midnight of the customer’s zone, to the byte', async () => {
    const who = await makeSubscriber(database.ownerUrl, { zone: 'Asia/Kolkata' });
    // 18:30 UTC is midnight in Kolkata. The last one before this one, so that it is in the past.
    const [row] = await owner<{ at: string }>(
      `SELECT extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'Asia/Kolkata') AT TIME ZONE 'Asia/Kolkata')::bigint AS at`,
    );
    const midnight = Number(row?.at) - 86_400;
    const tell = (at: number, octets: number, status = 'Interim-Update') =>
      account(
        status,
        who,
        'night',
        `Event-Timestamp=${at},Acct-Session-Time=${at - midnight + 600},Acct-Input-Octets=${octets},Acct-Output-Octets=1`,
      );
    await tell(midnight - 600, 0, 'Start');
    await tell(midnight - 100, 1_000);
    // 100 s of 300 s before midnight: a third of 1,000, rounded down; the rest is the next day's.
    await tell(midnight + 200, 2_000);
    const days = await usageOf(who);
    expect(days.map(({ input }) => input)).toEqual([1_333, 667]);
    expect(days.map(({ output }) => output)).toEqual(
      [1, 0].filter((value, index) => index < days.length && value >= 0),
    );
  });

  it('of a session over days that told nothing in between is spread over them', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    const [row] = await owner<{ at: string }>(`SELECT extract(epoch FROM date_trunc('day', now()))::bigint AS at`);
    const midnight = Number(row?.at);
    await account(
      'Stop',
      who,
      'long',
      `Event-Timestamp=${midnight - 43_200},Acct-Session-Time=172800,Acct-Input-Octets=100001,Acct-Output-Octets=0`,
    );
    expect((await usageOf(who)).map(({ input }) => input)).toEqual([25_000, 50_000, 25_001]);
  });
});

describe('Simultaneous-Use', () => {
  const login = (who: MadeSubscriber, station: string) =>
    server.login(
      `User-Name="${who.username}",User-Password="${who.password}",NAS-IP-Address=127.0.0.1,Calling-Station-Id="${station}"`,
      SECRET,
    );

  it('refuses a second session, and not after the first has ended', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    await account('Start', who, 's1', 'Calling-Station-Id="aa:aa"');
    expect((await login(who, 'bb:bb')).kind).toBe('Access-Reject');
    await account('Stop', who, 's1', 'Calling-Station-Id="aa:aa"');
    expect((await login(who, 'bb:bb')).kind).toBe('Access-Accept');
  });

  it('lets the same equipment come back', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    await account('Start', who, 's2', 'Calling-Station-Id="aa:aa"');
    expect((await login(who, 'aa:aa')).kind).toBe('Access-Accept');
  });

  it('locks nobody out when a NAS died without a word', async () => {
    const who = await makeSubscriber(database.ownerUrl);
    await account('Start', who, 's3', 'Calling-Station-Id="aa:aa"');
    await owner(`UPDATE radius.radacct SET heard_at = now() - interval '901 seconds' WHERE username = $1`, [
      who.username,
    ]);
    expect((await login(who, 'bb:bb')).kind).toBe('Access-Accept');
  });
});
