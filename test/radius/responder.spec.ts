import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RadiusResponder, SimulatedNas, SqlRadiusBackend } from '@isp/domain/network';
import { systemClock } from '@isp/kernel';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';
import { makeNas, makeSubscriber, RADIUS_KEY, radiusLogin, sql } from './support.js';

const SECRET = 'nas secret 1';
let database: TestDatabase;
let backend: SqlRadiusBackend;
let responder: RadiusResponder;
let nas: SimulatedNas;

beforeAll(async () => {
  database = await createTestDatabase();
  await makeNas(database.ownerUrl, '127.0.0.1', SECRET);
  const { host, port, name, password } = await radiusLogin(database.superUrl);
  backend = new SqlRadiusBackend({
    url: `postgres://isp_radius:${password}@${host}:${port}/${name}`,
    keys: RADIUS_KEY,
  });
  const ports = { host: '127.0.0.1', authenticationPort: 0, accountingPort: 0 };
  responder = await RadiusResponder.start({ ...ports, backend, clock: systemClock });
  const server = {
    ...ports,
    authenticationPort: responder.authenticationPort,
    accountingPort: responder.accountingPort,
  };
  const options = { identifier: 'bng-1', address: '127.0.0.1', secret: SECRET, server, coaPort: 0, seed: 1 };
  nas = await SimulatedNas.start({ ...options, clock: systemClock, timing: { tickMs: 100 } });
}, 60_000);
afterAll(async () => {
  await nas.stop();
  await responder.stop();
  await backend.close();
  await database.drop();
});

const owner = <R extends object>(text: string, values?: unknown[]) => sql<R>(database.ownerUrl, text, values);
const sessionsOf = (username: string) =>
  owner<Record<string, unknown>>(
    `SELECT host(framedipaddress) AS address, nasidentifier, service_id, acctterminatecause, acctstoptime IS NULL AS open,
            acctoutputoctets > 0 AS moved FROM radius.radacct WHERE username = $1`,
    [username],
  );

it('lets a subscriber of the database in, keeps its session, and notes what it refused', async () => {
  const { username, password, serviceId } = await makeSubscriber(database.ownerUrl);
  for (const method of ['pap', 'chap'] as const) {
    expect((await nas.dialIn({ username, password: 'wrong', method })).outcome).toBe('rejected');
  }
  const answer = await nas.dialIn({ username, password, method: 'chap' });
  if (answer.outcome !== 'accepted') throw new Error(answer.outcome);
  expect(answer.session).toMatchObject({ rate: { downloadKbps: 100_000, uploadKbps: 20_000 } });
  const address = answer.session.framedAddress;
  expect(address).toMatch(/^100\.64\./);
  await until(async () => (await sessionsOf(username)).length === 1);
  const open = { address, nasidentifier: 'bng-1', service_id: serviceId, acctterminatecause: null, open: true };
  expect(await sessionsOf(username)).toEqual([{ ...open, moved: false }]);
  await sleep(1_200);
  nas.hangUp(answer.session);
  await until(async () => (await sessionsOf(username))[0]?.['open'] === false);
  expect(await sessionsOf(username)).toMatchObject([{ acctterminatecause: 'User-Request', moved: true }]);
  const attempts = await owner(
    'SELECT reply, reason FROM radius.radpostauth WHERE username = $1 AND service_id = $2 ORDER BY id',
    [username, serviceId],
  );
  const refused = { reply: 'Access-Reject', reason: 'wrong password' };
  expect(attempts).toEqual([refused, refused, { reply: 'Access-Accept', reason: null }]);
});

it('refuses the closed and walls in the suspended', async () => {
  const { username, password, serviceId } = await makeSubscriber(database.ownerUrl);
  const be = (access: string) => owner('UPDATE subscribers SET access = $2 WHERE service_id = $1', [serviceId, access]);
  await be('closed');
  expect((await nas.dialIn({ username, password, method: 'pap' })).outcome).toBe('rejected');
  await be('walled_garden');
  const answer = await nas.dialIn({ username, password, method: 'pap' });
  expect(answer).toMatchObject({ outcome: 'accepted', session: { isWalledIn: true, framedAddress: undefined } });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 50) {
    if (waited > 5_000) throw new Error('it did not come to that');
    await sleep(50);
  }
}
