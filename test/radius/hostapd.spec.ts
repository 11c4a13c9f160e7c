import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { type DeviceRef, RadiusCoa, type SessionRef } from '@isp/domain/network';
import { openTempDir, removeDir } from '../support/embedded-postgres.js';
import { describeUnless } from '../support/needs.js';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';
import { programPath } from './programs.js';
import {
  freeUdpPort,
  makeNas,
  makeSubscriber,
  type MadeSubscriber,
  RadiusServer,
  radiusLogin,
  sql,
} from './support.js';

const SECRET = 'secret-of-the-switch';
const never = new AbortController().signal;
const missing = ['hostapd', 'wpa_supplicant', 'ip', 'freeradius'].filter((name) => programPath(name) === undefined);
if (process.getuid?.() !== 0) missing.push('root');

interface Row {
  readonly session: string;
  readonly open: boolean;
}

describeUnless(missing, "radius-coa against hostapd's listener, on a session of wired 802.1X", () => {
  const space = `isp-dot1x-${process.pid}`;
  const nic = `dot1x${process.pid}`;
  const driver = new RadiusCoa(systemClock);
  const children: ChildProcess[] = [];
  let database: TestDatabase;
  let server: RadiusServer;
  let directory: string;
  let who: MadeSubscriber;
  let port: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    await makeNas(database.ownerUrl, '127.0.0.1', SECRET);
    who = await makeSubscriber(database.ownerUrl);
    server = await RadiusServer.start({ database: await radiusLogin(database.superUrl) });
    directory = await openTempDir();
    port = await freeUdpPort();
    const authPort = await freeUdpPort();
    execFileSync('ip', ['netns', 'add', space]);
    execFileSync('ip', ['link', 'add', nic, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space]);
    execFileSync('ip', ['link', 'set', nic, 'up']);
    execFileSync('ip', ['-n', space, 'link', 'set', 'eth0', 'up']);
    const files = {
      'hostapd.conf': authenticator({ nic, port, authPort, acctPort: server.acctPort }),
      'radiusd.conf': eapServer(directory, authPort, who),
      'supplicant.conf': supplicant(who),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    run('freeradius', '-d', directory, '-f', '-l', join(directory, 'radiusd.log'));
    run('hostapd', join(directory, 'hostapd.conf'));
    run('ip', 'netns', 'exec', space, 'wpa_supplicant', '-Dwired', '-ieth0', '-c', join(directory, 'supplicant.conf'));
  }, 120_000);
  afterAll(async () => {
    for (const child of children) {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    }
    spawnSync('ip', ['netns', 'del', space]);
    await driver.onApplicationShutdown();
    await server?.stop();
    await database?.drop();
    if (directory) await removeDir(directory);
  }, 30_000);

  function run(program: string, ...args: string[]): void {
    const log = openSync(join(directory, `${program}.log`), 'a');
    children.push(spawn(programPath(program) ?? program, args, { stdio: ['ignore', log, log] }));
  }

  const rows = () =>
    sql<Row>(
      database.ownerUrl,
      `SELECT acctsessionid AS session, acctstoptime IS NULL AS open
         FROM radius.radacct WHERE service_id = $1 ORDER BY radacctid`,
      [who.serviceId],
    );
  async function until(what: string, is: (row: Row) => boolean): Promise<Row> {
    for (let waited = 0; waited < 30_000; waited += 100) {
      const found = (await rows()).find(is);
      if (found) return found;
      await sleep(100);
    }
    const logs = await Promise.all(
      ['hostapd', 'ip', 'radiusd'].map((name) => readFile(join(directory, `${name}.log`), 'utf8')),
    );
    throw new Error(`not in time: ${what}\n${logs.map((log) => log.slice(-1_500)).join('\n')}`);
  }
  const opened = () => until('an open session', ({ open }) => open);

  const device = (secret = SECRET): DeviceRef => ({
    id: 1,
    name: 'switch-1',
    // It signs its answers as RFC 5176 has it.
    settings: { coa_port: port, coa_require_message_authenticator: true },
    nasAddress: '127.0.0.1',
    secrets: { radius: secret },
  });
  const ref = (sessionId: string, change: Partial<SessionRef> = {}): SessionRef => ({
    username: who.username,
    sessionId,
    framedAddress: null,
    nasAddress: '127.0.0.1',
    nasIdentifier: 'switch-1',
    ...change,
  });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      (answer) => answer,
      (error: { code?: string; message?: string }) => `${error.code} ${error.message}`,
    );

  it('is told of a session that is not there, of another NAS, and hears nothing with the wrong secret', async () => {
    const { session } = await opened();
    expect(await driver.disconnect(device(), ref('0000000000000000'), never)).toBe('no_such_session');
    const other = driver.disconnect(device(), ref(session, { nasIdentifier: 'switch-2' }), never);
    expect(await codeOf(other)).toContain('403');
    expect(await codeOf(driver.disconnect(device('wrong'), ref(session), never))).toContain('network.device.silent');
    expect(await rows()).toHaveLength(1);
  }, 60_000);

  it('is refused a rate by a switch that knows none, and says so', async () => {
    const { session } = await opened();
    const change = { downloadKbps: 20_000, uploadKbps: 5_000, access: 'open' } as const;
    expect(await codeOf(driver.change(device(), ref(session), change, never))).toContain('network.device.refused');
    expect(await rows()).toMatchObject([{ session, open: true }]);
  }, 60_000);

  it('ends the session that it names: its Stop follows, and a second order finds none', async () => {
    const { session } = await opened();
    expect(await driver.disconnect(device(), ref(session), never)).toBe('acknowledged');
    await until('its Stop', (row) => row.session === session && !row.open);
    expect(await driver.disconnect(device(), ref(session), never)).toBe('no_such_session');
  }, 60_000);
});

interface Place {
  readonly nic: string;
  /** Of its listener for RFC 5176. */
  readonly port: number;
  readonly authPort: number;
  readonly acctPort: number;
}

/** A switch that lets nobody in without EAP, keeps accounts, and takes only orders that are signed and of now. */
function authenticator({ nic, port, authPort, acctPort }: Place): string {
  return `
interface=${nic}
driver=wired
logger_stdout=-1
ieee8021x=1
eap_reauth_period=0
own_ip_addr=127.0.0.1
nas_identifier=switch-1
auth_server_addr=127.0.0.1
auth_server_port=${authPort}
auth_server_shared_secret=${SECRET}
acct_server_addr=127.0.0.1
acct_server_port=${acctPort}
acct_server_shared_secret=${SECRET}
radius_das_port=${port}
radius_das_client=127.0.0.1 ${SECRET}
radius_das_require_event_timestamp=1
radius_das_require_message_authenticator=1
`;
}

/** Knows one user, by EAP-MD5: our own configuration is for PPP and has no EAP. */
function eapServer(directory: string, port: number, { password }: MadeSubscriber): string {
  return `
prefix = /usr
raddbdir = ${directory}
logdir = ${directory}
run_dir = ${directory}
libdir = /usr/lib/freeradius
max_requests = 4096
cleanup_delay = 1
proxy_requests = no
thread pool {
  start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 2
}
modules {
  eap {
    default_eap_type = md5
    timer_expire = 60
    md5 {
    }
  }
}
client switch {
  ipaddr = 127.0.0.1
  secret = "${SECRET}"
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    update control {
      &Cleartext-Password := "${password}"
    }
    eap
  }
  authenticate {
    eap
  }
}
`;
}

function supplicant({ username, password }: MadeSubscriber): string {
  return `
ap_scan=0
network={
  key_mgmt=IEEE8021X
  eap=MD5
  identity="${username}"
  password="${password}"
  eapol_flags=0
}
`;
}
