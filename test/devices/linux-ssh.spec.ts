import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import type { DeviceRef, SubscriberState } from '@isp/domain/network';
import { LinuxSshRouter } from '../../libs/domain/network/drivers/ssh/linux-ssh.adapter.js';
import { describeUnless } from '../support/needs.js';
import { LinuxRouter, missingForRouter } from './linux-router.js';

const missing = missingForRouter();
const driver = new LinuxSshRouter();
const never = new AbortController().signal;
let router: LinuxRouter;
let device: DeviceRef;

const inside = (...command: string[]) => router.inside(...command);
const wanted = (change: Partial<SubscriberState> = {}): SubscriberState => ({
  username: 'user-1',
  address: '100.64.0.5',
  ipv6Prefix: '2001:db8:1:5::/64',
  delegatedPrefix: '2001:db8:ff05::/56',
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
  router = LinuxRouter.start();
  device = router.device;
  for (let tries = 0; (await code(driver.readBack(device, 'x', never))) !== 'no error' && tries < 20; tries += 1)
    await new Promise((done) => setTimeout(done, 250));
}, 30_000);
afterAll(() => router?.stop());

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
    expect(inside('nft', 'list', 'map', 'inet', 'isp', 'classes6').match(/user-1/g)).toHaveLength(2);
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

  it('holds back and lets go IPv6 as well as IPv4, and sees when only one of both is held', async () => {
    const prefix = { ipv6Prefix: '2001:db8:1:6::9/128', delegatedPrefix: null };
    const walled = wanted({ ...prefix, access: 'walled_garden' });
    await driver.apply(device, 'step-3a', walled, never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(walled);
    inside('nft', 'delete', 'element', 'inet', 'isp', 'garden6', '{ 2001:db8:1:6::9 }');
    expect(await driver.plan(device, walled, never)).toMatchObject([{ what: 'access', from: 'open' }]);
    await driver.apply(device, 'step-3b', walled, never);
    expect(await driver.plan(device, walled, never)).toEqual([]);
    const without = wanted({ ipv6Prefix: null, delegatedPrefix: null });
    await driver.apply(device, 'step-3c', without, never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(without);
    expect(inside('nft', 'list', 'table', 'inet', 'isp')).not.toContain('2001:db8');
  });

  it('gives a prefix that somebody else had to its new holder alone', async () => {
    await driver.apply(device, 'step-3d', wanted(), never);
    const other = wanted({ username: 'user-2', address: '100.64.0.6' });
    await driver.apply(device, 'step-3e', other, never);
    expect(await driver.readBack(device, 'user-2', never)).toEqual(other);
    expect(await driver.readBack(device, 'user-1', never)).toBeUndefined();
    await driver.remove(device, 'step-3f', 'user-2', never);
    await driver.apply(device, 'step-3g', wanted(), never);
  });

  it('puts what it forwards into the class of the subscriber, IPv4 and IPv6 alike', async () => {
    await driver.apply(device, 'step-3h', wanted(), never);
    const passed = () =>
      Number(/class htb 1:5 [^]*?Sent (\d+) bytes/.exec(inside('tc', '-s', 'class', 'show', 'dev', 'sub0'))?.[1] ?? 0);
    const before = passed();
    expect(router.ping('100.64.0.5')).toBe(true);
    const v4 = passed();
    expect(v4).toBeGreaterThan(before);
    expect(router.ping('2001:db8:1:5::5')).toBe(true);
    expect(passed()).toBeGreaterThan(v4);
    await driver.apply(device, 'step-3i', wanted({ access: 'closed' }), never);
    expect([router.ping('100.64.0.5'), router.ping('2001:db8:1:5::5')]).toEqual([false, false]);
  }, 30_000);

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
