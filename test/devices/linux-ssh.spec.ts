import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import type { DeviceRef, SubscriberState } from '@isp/domain/network';
import { LinuxSshRouter } from '../../libs/domain/network/drivers/ssh/linux-ssh.adapter.js';
import { describeUnless } from '../support/needs.js';

/** Root, a network namespace with its own interfaces, sshd, nft and tc; without them this lane says what is missing. */
const missing = ['sshd', 'nft', 'tc', 'ip', 'ssh-keygen'].filter((name) => spawnSync('which', [name]).status !== 0);
if (process.getuid?.() !== 0) missing.push('root');
const space = `isp-ssh-${process.pid}`;
if (missing.length === 0 && spawnSync('ip', ['netns', 'add', space]).status !== 0) missing.push('network namespaces');

const driver = new LinuxSshRouter();
const never = new AbortController().signal;
let directory = '';
let daemon: ChildProcess | undefined;
let device: DeviceRef;

const inside = (...command: string[]) => execFileSync('ip', ['netns', 'exec', space, ...command], { encoding: 'utf8' });
const wanted = (change: Partial<SubscriberState> = {}): SubscriberState => ({
  username: 'user-1',
  address: '100.64.0.5',
  vlanId: 100,
  profile: { name: '100M_10M', downloadKbps: 100_000, uploadKbps: 10_000 },
  access: 'open',
  ...change,
});
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

beforeAll(async () => {
  if (missing.length > 0) return;
  directory = mkdtempSync(join(tmpdir(), 'isp-sshd-'));
  for (const key of ['host', 'user'])
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, key)]);
  inside('ip', 'link', 'set', 'lo', 'up');
  inside('ip', 'link', 'add', 'sub0', 'type', 'veth', 'peer', 'name', 'net0');
  const port = 20_000 + (process.pid % 20_000);
  // The namespace's own loopback is out of this process's reach, so a pair of interfaces leads into it.
  const outer = `ispo${process.pid % 10_000}`;
  execFileSync('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', 'mgmt0', 'netns', space]);
  const net = process.pid % 250;
  execFileSync('ip', ['addr', 'add', `198.19.${net}.1/30`, 'dev', outer]);
  execFileSync('ip', ['link', 'set', outer, 'up']);
  inside('ip', 'addr', 'add', `198.19.${net}.2/30`, 'dev', 'mgmt0');
  for (const nic of ['mgmt0', 'sub0', 'net0']) inside('ip', 'link', 'set', nic, 'up');
  execFileSync('mkdir', ['-p', '/run/sshd']);
  const options = [
    `Port=${port}`,
    `HostKey=${directory}/host`,
    `AuthorizedKeysFile=${directory}/user.pub`,
    'StrictModes=no',
    'PidFile=none',
    'UsePAM=no',
  ];
  const args = [
    'netns',
    'exec',
    space,
    '/usr/sbin/sshd',
    '-D',
    '-e',
    '-f',
    '/dev/null',
    ...options.flatMap((one) => ['-o', one]),
  ];
  daemon = spawn('ip', args, { stdio: 'ignore' });
  const host = Buffer.from(readFileSync(join(directory, 'host.pub'), 'utf8').split(' ')[1] ?? '', 'base64');
  device = {
    id: 1,
    name: 'bng',
    address: `198.19.${net}.2`,
    settings: {
      ssh: { port, user: 'root', host_key: createHash('sha256').update(host).digest('hex') },
      linux: { down: 'sub0', up: 'net0' },
    },
    secrets: { ssh_private_key: readFileSync(join(directory, 'user'), 'utf8') },
  };
  for (let tries = 0; (await code(driver.readBack(device, 'x', never))) !== 'no error' && tries < 20; tries += 1)
    await new Promise((done) => setTimeout(done, 250));
}, 30_000);
afterAll(() => {
  daemon?.kill();
  if (missing.length === 0) spawnSync('ip', ['netns', 'del', space]);
  if (directory) rmSync(directory, { recursive: true, force: true });
});

describeUnless(missing, 'a Linux router over SSH', () => {
  it('is told and does it, and reads back what it was told', async () => {
    expect(await driver.plan(device, wanted(), never)).toMatchObject([{ what: 'subscriber' }]);
    await driver.apply(device, 'step-1', wanted(), never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(wanted());
    expect(await driver.plan(device, wanted(), never)).toEqual([]);
    expect(inside('tc', 'class', 'show', 'dev', 'sub0')).toContain('rate 100Mbit');
  });

  it('does nothing twice', async () => {
    await driver.apply(device, 'step-1', wanted(), never);
    await driver.apply(device, 'step-1', wanted(), never);
    expect(inside('tc', 'class', 'show', 'dev', 'sub0').match(/class htb/g)).toHaveLength(1);
    expect(inside('nft', 'list', 'map', 'inet', 'isp', 'classes').match(/user-1/g)).toHaveLength(1);
  });

  it('changes rate, access and address, and leaves nothing behind', async () => {
    const slower = wanted({ profile: { name: '5M', downloadKbps: 5_000, uploadKbps: 1_500 }, access: 'walled_garden' });
    await driver.apply(device, 'step-2', slower, never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(slower);
    const moved = wanted({ address: '100.64.3.9', access: 'closed' });
    await driver.apply(device, 'step-3', moved, never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(moved);
    expect(inside('nft', 'list', 'table', 'inet', 'isp')).not.toContain('100.64.0.5');
    expect(inside('tc', 'class', 'show', 'dev', 'sub0').match(/class htb/g)).toHaveLength(1);
  });

  it('takes a subscriber off, and knows when there is none', async () => {
    await driver.remove(device, 'step-4', 'user-1', never);
    await driver.remove(device, 'step-4', 'user-1', never);
    expect(await driver.readBack(device, 'user-1', never)).toBeUndefined();
    expect(inside('tc', 'class', 'show', 'dev', 'net0')).toBe('');
  });

  it('trusts no other host key, and says when the credentials are wrong', async () => {
    const ssh = { ...(device.settings['ssh'] as object), host_key: '0'.repeat(64) };
    const stranger = { ...device, settings: { ...device.settings, ssh } };
    expect(await code(driver.readBack(stranger, 'x', never))).toBe('network.device.login_refused');
    const refused = { ...device, secrets: { ssh_password: 'wrong' } };
    expect(await code(driver.readBack(refused, 'x', never))).toBe('network.device.login_refused');
  });

  it('lets no name of a subscriber become a command', async () => {
    const evil = wanted({ username: 'x"; } reboot; #' });
    expect(await code(driver.apply(device, 'step-5', evil, never))).toBe('network.device.misconfigured');
  });
});

describe('the SSH driver against what is no router', () => {
  it.each([
    ['says nothing', () => undefined],
    [
      'sends garbage for ever',
      (socket: Socket) => {
        const send = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 7)));
        };
        socket.on('drain', send);
        send();
      },
    ],
    ['hangs up', (socket: Socket) => socket.destroy()],
  ])('gives up one that %s, in time and in bounded memory', async (_, act) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      act(socket);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const settings = { ssh: { port, host_key: '0'.repeat(64) }, linux: { down: 'a', up: 'b' } };
    const peer = { id: 2, name: 'x', address: '127.0.0.1', settings, secrets: { ssh_password: 'x' } };
    const before = process.memoryUsage().rss;
    const began = monotonicMs();
    expect(await code(driver.readBack(peer, 'x', never))).toMatch(/^network\.device\.(silent|login_refused|garbled)$/);
    expect(monotonicMs() - began).toBeLessThan(15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
