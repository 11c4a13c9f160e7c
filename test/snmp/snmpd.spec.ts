import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OidMap, StatusTarget } from '@isp/domain/network';
import { SnmpSessions } from '../../libs/domain/network/drivers/snmp/snmp-sessions.js';
import { SnmpStatus } from '../../libs/domain/network/drivers/snmp/snmp-status.adapter.js';
import { describeUnless } from '../support/needs.js';

const missing = ['snmpd'].filter((name) => spawnSync('which', [name]).status !== 0);

const never = new AbortController().signal;
const sessions = new SnmpSessions();
const driver = new SnmpStatus(sessions);
let directory = '';
let daemon: ChildProcess | undefined;
let port = 0;

/** One ONT of an OLT, as vendors keep it: a table indexed by port and ONU, powers in hundredths of a dBm. */
const ONT: OidMap = {
  online: { oid: '1.3.6.1.4.1.8072.9999.1.{pon}.{onu}', values: { '1': 'online', '2': 'offline' } },
  rxPowerDbm: { oid: '1.3.6.1.4.1.8072.9999.2.{pon}.{onu}', scale: 0.01, invalid: [2147483647] },
  txPowerDbm: { oid: '1.3.6.1.4.1.8072.9999.3.{pon}.{onu}', scale: 0.01, invalid: [2147483647] },
  cpe: { oid: '1.3.6.1.4.1.8072.9999.4.{pon}.{onu}' },
};
const SYSTEM: OidMap = {
  uptimeSeconds: { oid: '1.3.6.1.2.1.1.3.0', scale: 0.01 },
  softwareVersion: { oid: '1.3.6.1.2.1.1.1.0' },
  inOctets: { oid: '1.3.6.1.2.1.31.1.1.1.6.1' },
  cpuPercent: { oid: '1.3.6.1.4.1.99999.7.7.0' },
};
const VALUES: readonly (readonly [string, string, string])[] = [
  ['1.7.1', 'integer', '1'],
  ['2.7.1', 'integer', '-1943'],
  ['3.7.1', 'integer', '2147483647'],
  ['4.7.1', 'octet', '00 11 22 aa bb cc'],
];

beforeAll(async () => {
  if (missing.length > 0) return;
  directory = mkdtempSync(join(tmpdir(), 'isp-snmpd-'));
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  port = probe.address().port;
  probe.close();
  const base = '.1.3.6.1.4.1.8072.9999';
  const answers = VALUES.map(
    ([at, type, value]) => `${base}.${at})\n printf '%s\\n' '${base}.${at}' '${type}' '${value}';;`,
  );
  const script = join(directory, 'olt.sh');
  writeFileSync(script, `#!/bin/sh\n[ "$1" = -g ] || exit 0\ncase "$2" in\n${answers.join('\n')}\nesac\n`, {
    mode: 0o755,
  });
  const lines = [
    `agentaddress udp:127.0.0.1:${port}`,
    'rocommunity reader 127.0.0.1',
    `pass ${base} /bin/sh ${script}`,
    'createUser poller SHA-256 "authpass12" AES "privpass12"',
    'rouser poller priv',
  ];
  writeFileSync(join(directory, 'snmpd.conf'), `${lines.join('\n')}\n`);
  const env = { ...process.env, SNMP_PERSISTENT_DIR: directory };
  const args = [
    '-f',
    '-Lf',
    join(directory, 'log'),
    '-C',
    '-c',
    join(directory, 'snmpd.conf'),
    '-p',
    join(directory, 'pid'),
  ];
  daemon = spawn('snmpd', args, { env, stdio: 'ignore' });
  for (let tries = 0; (await code(read(SYSTEM))) !== 'no error' && tries < 5; tries += 1);
}, 30_000);
afterAll(async () => {
  sessions.onApplicationShutdown();
  if (daemon?.kill()) await once(daemon, 'exit');
  if (directory) rmSync(directory, { recursive: true, force: true });
});

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

const V3 = { version: '3', user: 'poller', auth: 'sha256', priv: 'aes' };
const KEYS = { snmp_auth_key: 'authpass12', snmp_priv_key: 'privpass12' };

function read(oids: OidMap, how: { snmp?: object; secrets?: Record<string, string>; ont?: boolean } = {}) {
  const { snmp = {}, secrets = { snmp_community: 'reader' }, ont = false } = how;
  const olt = { id: 1, name: 'olt', address: '127.0.0.1', settings: { snmp: { port, ...snmp } }, secrets };
  const device = { ...olt, id: ont ? 2 : 1, serialNumber: null };
  const target: StatusTarget = { device, asked: olt, oids, ponPort: ont ? '7' : null, onuIndex: ont ? 1 : null };
  return driver.read(target, never);
}

describeUnless(missing, "Debian's snmpd", () => {
  it.each([
    ['v2c', {}],
    ['v3 with SHA-256 and AES', { snmp: V3, secrets: KEYS }],
  ])('is asked with %s', async (_, how) => {
    const system = await read(SYSTEM, how);
    expect(system.softwareVersion).toMatch(/^Linux/);
    expect(system.uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(system.inOctets).toMatch(/^\d+$/);
    expect(system).toMatchObject({ online: true, cpuPercent: null, rxPowerDbm: null });
  });

  it.each([
    ['v2c', {}],
    ['v3', { snmp: V3, secrets: KEYS }],
  ])('is asked about an ONT by its place, with %s', async (_, how) => {
    const ont = await read(ONT, { ...how, ont: true });
    expect(ont).toMatchObject({ online: true, rxPowerDbm: -19.43, txPowerDbm: null, cpe: '00:11:22:aa:bb:cc' });
  });

  it('refuses a wrong key and an unknown user at once', async () => {
    expect(await code(read(SYSTEM, { snmp: V3, secrets: { ...KEYS, snmp_auth_key: 'another one' } }))).toBe(
      'network.device.login_refused',
    );
    expect(await code(read(SYSTEM, { snmp: { ...V3, user: 'nobody' }, secrets: KEYS }))).toBe(
      'network.device.login_refused',
    );
  });

  it('is silent to a wrong community', async () => {
    expect(await code(read(SYSTEM, { secrets: { snmp_community: 'wrong' } }))).toBe('network.device.silent');
  });
});
