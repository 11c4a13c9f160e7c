import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import snmp from 'net-snmp';
import { loadConfig } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { Log, createLogger } from '@isp/platform/logging';
import { type DevicesProcess, devicesProcess } from '../../../../test/support/devices-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { eventually, ROOT } from '../../../../test/support/webhooks-world.js';
import { DeviceSecrets } from '../devices/device-secrets.js';
import { SetDeviceCredentials } from '../devices/set-device-credentials.usecase.js';
import { AlarmRepository } from './alarm.repository.js';
import { TrapReceiver } from './trap-receiver.js';

const KEYS = { snmp_community: 'mine', snmp_auth_key: 'authpass12', snmp_priv_key: 'privpass12' };
const LINK_DOWN = '1.3.6.1.6.3.1.1.5.3';
const LINK_UP = '1.3.6.1.6.3.1.1.5.4';
/** Traps of a vendor. */
const OWN_KINDS = ['1.3.6.1.4.1.8072.9999.0.1', '1.3.6.1.4.1.8072.9999.0.2'] as const;
const INDEX = [{ oid: '1.3.6.1.2.1.2.2.1.1.7', type: snmp.ObjectType.Integer, value: 7 }];

let database: TestDatabase;
let world: DevicesProcess;
let receiver: TrapReceiver;
let port = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await devicesProcess(database.appUrl);
  const settings = { snmp: { user: 'trapper' } };
  const id = await world.device({ kind: 'router', statusDriver: null, address: '127.0.0.1', settings });
  await world.get(SetDeviceCredentials).execute({ actor: ROOT, id, credentials: KEYS });
  const probe = createSocket('udp4').bind(0);
  await once(probe, 'listening');
  port = probe.address().port;
  probe.close();
  const config = loadConfig({
    DATABASE_URL: database.appUrl,
    ISP_MASTER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    ISP_SNMP_TRAP_PORT: String(port),
  });
  const log = new Log(createLogger('silent', 'test'));
  receiver = new TrapReceiver(world.get(UnitOfWork), world.get(AlarmRepository), world.get(DeviceSecrets), log, config);
  await receiver.onApplicationBootstrap();
}, 60_000);
afterAll(async () => {
  await receiver.onApplicationShutdown();
  await world.close();
  await database.drop();
}, 30_000);

const alarms = () =>
  query<{ source: string; status: string; occurrences: number }>(
    database.superUrl,
    'SELECT source, status, occurrences FROM alarms ORDER BY id',
  );
type Alarm = Awaited<ReturnType<typeof alarms>>[number];

/** What was received is written every half a second. */
const alarmThat = (isIt: (alarm: Alarm) => boolean) => eventually(async () => (await alarms()).find(isIt), 15_000);

const V2 = { version: snmp.Version2c, retries: 0, timeout: 1_000 } as const;

async function trap(oid: string, community = 'mine'): Promise<void> {
  const session = snmp.createSession('127.0.0.1', community, { ...V2, trapPort: port });
  await new Promise<void>((done) => session.trap(oid, INDEX, () => done()));
  session.close();
}

/** Sends a trap of a kind of its own and waits for its alarm: by then all that came before was judged and written. */
async function believedTrap(kind: string): Promise<void> {
  await trap(kind);
  await alarmThat(({ source }) => source === `trap:${kind}`);
}

async function inform(user: snmp.User, oid: string): Promise<Error | null> {
  const options = { version: snmp.Version3, retries: 0, timeout: 10_000, trapPort: port } as const;
  const session = snmp.createV3Session('127.0.0.1', user, options);
  const answer = await new Promise<Error | null>((done) => session.inform(oid, INDEX, (error) => done(error)));
  session.close();
  return answer;
}

describe('received traps', () => {
  it('become alarms, one for each kind and interface however often they come, and end with their opposite', async () => {
    await trap(LINK_DOWN);
    await alarmThat(({ occurrences }) => occurrences === 1);
    await trap(LINK_DOWN);
    await alarmThat(({ occurrences }) => occurrences === 2);
    expect(await alarms()).toEqual([{ source: `trap:${LINK_DOWN}/7`, status: 'open', occurrences: 2 }]);
    await trap(LINK_UP);
    await alarmThat(({ status }) => status === 'cleared');
    expect(await alarms()).toMatchObject([{ status: 'cleared' }]);
  });

  it('are not believed with another community', async () => {
    const before = await alarms();
    await trap('1.3.6.1.6.3.1.1.5.1', 'stranger');
    await believedTrap(OWN_KINDS[0]);
    expect(await alarms()).toEqual([...before, { source: `trap:${OWN_KINDS[0]}`, status: 'open', occurrences: 1 }]);
  });

  it('may be informs of version 3, which are acknowledged; without a user they say nothing', async () => {
    const before = (await alarms()).length;
    const keys = { authKey: KEYS.snmp_auth_key, privKey: KEYS.snmp_priv_key };
    const level = snmp.SecurityLevel.authPriv;
    const protocols = { authProtocol: snmp.AuthProtocols.sha256, privProtocol: snmp.PrivProtocols.aes };
    expect(await inform({ name: 'trapper', level, ...protocols, ...keys }, '1.3.6.1.6.3.1.1.5.2')).toBeNull();
    await alarmThat(({ source }) => source === 'trap:1.3.6.1.6.3.1.1.5.2');
    expect(await alarms()).toHaveLength(before + 1);
    await inform({ name: '', level: snmp.SecurityLevel.noAuthNoPriv }, '1.3.6.1.6.3.1.1.5.5');
    await believedTrap(OWN_KINDS[1]);
    expect((await alarms()).slice(before + 1)).toMatchObject([{ source: `trap:${OWN_KINDS[1]}` }]);
  });
});
