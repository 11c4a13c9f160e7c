import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RadiusVault, RetireSessions, SetNas, TendRadius } from '@isp/domain/network';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork } from '@isp/platform/database';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { makeSubscriber, RadiusServer, radiusLogin, sql, vaultOf } from './support.js';

const SECRET = 'a-secret-of-the-nas';
const NEWER = Buffer.from('the key that comes after it - 32').toString('base64');
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let server: RadiusServer;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  const key = world.program.app.get(RadiusVault, { strict: false }).serverKeys;
  server = await RadiusServer.start({ database: await radiusLogin(world.database.superUrl), key });
}, 180_000);
afterAll(async () => {
  await server.stop();
  await world.close();
});

const tend = (key?: string): TendRadius => {
  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    world.program.app.get(type as never, { strict: false });
  const vault = key ? vaultOf(key) : get(RadiusVault);
  return new TendRadius(get(UnitOfWork), get(SecretBox), vault);
};
const login = (username: string, password: string) =>
  server.login(`User-Name="${username}",User-Password="${password}",NAS-IP-Address=127.0.0.1`, SECRET);

describe('a service that was provisioned', () => {
  it('logs in at a NAS that was made over the use case, with the credentials that the API reveals, and with new ones after a rotation', async () => {
    // The sandbox's own NASes are not there to dial in.
    await world.sql('UPDATE devices SET nas_address = NULL, nas_identifier = NULL, nas_secret = NULL');
    const device = await world.sql<{ id: number }>(
      `INSERT INTO devices (name, driver) VALUES ('bng', 'simulated') RETURNING id`,
    );
    const nas = { actor: EVERYTHING, deviceId: device[0]?.id ?? 0, address: '127.0.0.1', secret: SECRET };
    await made.use(SetNas).execute(nas);
    const serviceId = await made.make.subscribed_service(1);
    const token = await world.tokenOf('support');
    const path = `/v1/services/${serviceId}/credentials`;
    const shown = await world.ask(path, { token });
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const first = shown.json<{ username: string; password: string }>();
    expect((await login(first.username, first.password)).kind).toBe('Access-Accept');
    const rotated = await world.ask(`${path}/rotate`, { method: 'POST', token });
    expect([rotated.status, rotated.text.includes('password')]).toEqual([200, false]);
    const second = (await world.ask(path, { token })).json<{ username: string; password: string }>();
    expect((await login(first.username, first.password)).kind).toBe('Access-Reject');
    expect((await login(second.username, second.password)).kind).toBe('Access-Accept');
    const audit = await world.ask('/v1/audit?action=credential.reveal', { token: await world.tokenOf('admin') });
    expect(audit.text).toContain(`"${serviceId}"`);
    expect(audit.text).not.toContain(second.password);
    const attempts = await world.ask(`/v1/services/${serviceId}/auth-attempts?result=rejected`, { token });
    expect(attempts.json<{ auth_attempts: unknown[] }>().auth_attempts).toMatchObject([
      { service_id: serviceId, result: 'rejected' },
    ]);
  });

  it('shows its sessions to its own people, and strangers’ sessions to the operator alone', async () => {
    const serviceId = Number(await made.make.subscribed_service(2));
    const start = (more: string) => server.account(`Acct-Status-Type=Start,${more},NAS-IP-Address=127.0.0.1`, SECRET);
    await start(`User-Name="x",Class=0x${Buffer.from(`svc:${serviceId}`).toString('hex')},Acct-Session-Id="own"`);
    await start('User-Name="stranger",Acct-Session-Id="strange"');
    const [own, other, operator] = [
      await world.tokenOf('reseller'),
      await world.tokenOf('other-reseller'),
      await world.tokenOf('noc'),
    ];
    const ids = async (path: string, token: string) =>
      (await world.ask(path, { token }))
        .json<{ sessions?: { session_id: string }[] }>()
        .sessions?.map((one) => one.session_id);
    expect(await ids(`/v1/services/${serviceId}/sessions?state=open`, own)).toEqual(['own']);
    expect(await ids(`/v1/services/${serviceId}/sessions?state=closed`, own)).toEqual([]);
    expect(await ids(`/v1/services/${serviceId}/sessions?to=2020-01-01T00:00:00Z`, own)).toEqual([]);
    expect(await ids(`/v1/services/${serviceId}/sessions`, other)).toBeUndefined();
    expect(await ids('/v1/network/sessions', own)).toEqual(['own']);
    expect(await ids('/v1/network/sessions', other)).toEqual([]);
    expect(await ids('/v1/network/sessions', operator)).toEqual(['strange', 'own']);
    expect(await ids('/v1/network/sessions?nas_address=127.0.0.1&username=stranger&state=open', operator)).toEqual([
      'strange',
    ]);
  });
});

describe('the schedules', () => {
  const owner = (text: string, values?: unknown[]) =>
    sql<Record<string, unknown>>(world.database.ownerUrl, text, values);

  it('close what was silent for three intervals, at its last update, and open it again when it speaks', async () => {
    const account = (more: string) =>
      server.account(`User-Name="quiet",Acct-Session-Id="q",NAS-IP-Address=127.0.0.1,${more}`, SECRET);
    await account('Acct-Status-Type=Start');
    await owner(`UPDATE radius.radacct SET heard_at = now() - interval '20 minutes', acctstarttime = now() - interval '30 minutes',
                  acctupdatetime = now() - interval '20 minutes', acctsessiontime = 600 WHERE username = 'quiet'`);
    await tend().sweep();
    const look = `SELECT closed_by, acctterminatecause AS cause, acctstoptime = acctupdatetime AS at_last_update FROM radius.radacct WHERE username = 'quiet'`;
    expect(await owner(look)).toEqual([{ closed_by: 'silence', cause: 'Lost-Carrier', at_last_update: true }]);
    await account('Acct-Status-Type=Interim-Update,Acct-Session-Time=1800,Acct-Input-Octets=9');
    expect(await owner(look)).toEqual([{ closed_by: null, cause: null, at_last_update: null }]);
    await tend().sweep();
    expect(await owner(look)).toMatchObject([{ closed_by: null }]);
  });

  it('forget attempts after 90 days, by the month', async () => {
    await owner(
      `INSERT INTO radius.radpostauth (username, reply, authdate) VALUES ('old', 'Access-Reject', now() - interval '91 days'), ('new', 'Access-Reject', now() - interval '89 days')`,
    );
    await owner(
      `CREATE TABLE radius.radpostauth_2020_01 PARTITION OF radius.radpostauth FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')`,
    );
    await made.use(RetireSessions).execute();
    expect(await owner(`SELECT username FROM radius.radpostauth WHERE username IN ('old', 'new')`)).toEqual([
      { username: 'new' },
    ]);
    const months = await owner(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'radius.radpostauth'::regclass ORDER BY 1`,
    );
    const month = (ahead: number) =>
      owner(
        `SELECT 'radius.radpostauth_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '${ahead} months', 'YYYY_MM') AS name`,
      );
    expect(months).toEqual([
      ...(await month(0)),
      ...(await month(1)),
      ...(await month(2)),
      { name: 'radius.radpostauth_rest' },
    ]);
  });

  it('take old sessions to an archive, which still says who had an address when, and at last forget them', async () => {
    const serviceId = Number(await made.make.subscribed_service(2));
    const [before] = await owner(
      'SELECT sum(output_octets)::integer AS octets FROM usage_daily WHERE service_id = $1',
      [serviceId],
    );
    await owner(
      `INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, framedipaddress,
              acctstarttime, acctupdatetime, acctstoptime, closed_by, heard_at, acctoutputoctets)
       SELECT 'aged-' || days, 'aged-' || days, 'aged', s.partner_id, s.customer_id, s.id, '198.51.100.7', '203.0.113.77',
              now() - make_interval(days => days), now() - make_interval(days => days - 1), now() - make_interval(days => days - 1), 'nas', now(), 7
         FROM services s, unnest('{800,100,10}'::integer[]) days WHERE s.id = $1`,
      [serviceId],
    );
    await made.use(RetireSessions).execute();
    const where = (table: string) => owner(`SELECT acctsessionid AS id FROM radius.${table} WHERE username = 'aged'`);
    expect([await where('radacct'), await where('radacct_archive')]).toEqual([
      [{ id: 'aged-10' }],
      [{ id: 'aged-100' }],
    ]);
    const [own, other] = [await world.tokenOf('reseller'), await world.tokenOf('other-reseller')];
    const ids = async (path: string, token = own) =>
      (await world.ask(path, { token }))
        .json<{ sessions: { session_id: string }[] }>()
        .sessions.map((one) => one.session_id);
    const at = new Date(world.program.app.get<Clock>(CLOCK, { strict: false }).now().getTime() - 99.5 * 86_400_000);
    const held = `/v1/network/sessions?framed_ip_address=203.0.113.77`;
    expect(await ids(held)).toEqual(['aged-10', 'aged-100']);
    expect(await ids(`${held}&at=${at.toISOString()}`)).toEqual(['aged-100']);
    expect(await ids(held, other)).toEqual([]);
    expect(await ids(`/v1/services/${serviceId}/sessions`)).toEqual(['aged-10', 'aged-100']);
    // What was carried stays with its days, whatever becomes of the sessions.
    const [after] = await owner('SELECT sum(output_octets)::integer AS octets FROM usage_daily WHERE service_id = $1', [
      serviceId,
    ]);
    expect(after?.['octets']).toBe(Number(before?.['octets'] ?? 0) + 21);
  });

  it('seal what the RADIUS server cannot open yet, and everything again under a newer key', async () => {
    const { app } = world.program;
    const key = app.get(RadiusVault, { strict: false }).serverKeys;
    const who = await makeSubscriber(world.database.ownerUrl, { vault: vaultOf(key) });
    const sealed = app
      .get(SecretBox, { strict: false })
      .seal(who.password, { table: 'subscribers', column: 'password_sealed', row: who.serviceId });
    await owner(`UPDATE subscribers SET password_sealed = $2, password_radius = NULL WHERE service_id = $1`, [
      who.serviceId,
      sealed,
    ]);
    await tend().seal();
    expect((await login(who.username, who.password)).kind).toBe('Access-Accept');
    await tend(`${NEWER},${key}`).seal();
    const left = await owner(
      `SELECT count(*)::integer AS old FROM subscribers WHERE substr(password_radius, 1, 5) <> $1`,
      [vaultOf(NEWER).activeHead],
    );
    expect(left).toEqual([{ old: 0 }]);
    // A server with the old key alone is silent now; one with both answers.
    expect((await login(who.username, who.password)).kind).toBeUndefined();
    const both = await RadiusServer.start({
      database: await radiusLogin(world.database.superUrl),
      key: `${NEWER},${key}`,
    });
    try {
      const asked = `User-Name="${who.username}",User-Password="${who.password}",NAS-IP-Address=127.0.0.1`;
      expect((await both.login(asked, SECRET)).kind).toBe('Access-Accept');
    } finally {
      await both.stop();
    }
  }, 60_000);

  it('use keys that come from the master keys when there is no RADIUS key', () => {
    const config = world.program.app.get<Config>(CONFIG, { strict: false });
    expect(config.ISP_RADIUS_KEY).toBeUndefined();
    expect(Buffer.from(world.program.app.get(RadiusVault, { strict: false }).serverKeys, 'base64')).toHaveLength(32);
  });
});
