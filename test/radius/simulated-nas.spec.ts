import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NasSession, RadiusCoa, SessionControl, SessionGenerator, type DialIn } from '@isp/domain/network';
import { monotonicMs, systemClock } from '@isp/kernel';
import { numberValueOf, type RadiusPacket, valueOf } from '@isp/platform/radius';
import { deviceOf, refOf, simulatedWorld, type SimulatedWorld } from './simulated.js';

let world: SimulatedWorld;
let driver: RadiusCoa;
const never = new AbortController().signal;

beforeEach(async () => {
  world = await simulatedWorld();
  driver = new RadiusCoa(systemClock);
});
afterEach(async () => {
  await driver.onApplicationShutdown();
  await world.close();
});

async function online(username: string, method: DialIn['method'] = 'chap'): Promise<NasSession> {
  if (!world.backend.subscribers.has(username)) world.backend.add(username);
  const answer = await world.nas.dialIn({ username, password: `pw of ${username}`, method });
  if (answer.outcome !== 'accepted') throw new Error(`${username} is ${answer.outcome}`);
  await until(() => world.backend.of(username, 1).length > 0);
  return answer.session;
}

describe('a log-in at the simulated NAS', () => {
  it.each(['pap', 'chap'] as const)(
    'by %s opens a session with what the server gave and starts its accounting',
    async (method) => {
      const session = await online('anna', method);
      expect(session).toMatchObject({
        framedAddress: '100.64.0.1',
        delegatedPrefix: '2001:db8::/56',
        rate: { uploadKbps: 10_000, downloadKbps: 100_000 },
        isWalledIn: false,
      });
      const [start] = world.backend.of('anna', 1);
      expect(start && valueOf(start, 'Class')).toEqual(Buffer.from('svc:0'));
      expect(world.backend.logins).toEqual([{ username: 'anna', reply: 'Access-Accept', reason: '' }]);
    },
  );

  it('is refused with a wrong password, for strangers and for the closed, and in silence when the database is away', async () => {
    world.backend.add('anna');
    world.backend.add('carl', { access: 'closed' });
    const dial = (username: string, password: string, method: DialIn['method'] = 'pap') =>
      world.nas.dialIn({ username, password, method });
    for (const method of ['pap', 'chap'] as const) {
      expect(await dial('anna', 'wrong', method)).toEqual({ outcome: 'rejected', message: undefined });
    }
    expect((await dial('nobody', 'x')).outcome).toBe('rejected');
    expect((await dial('carl', 'pw of carl')).outcome).toBe('rejected');
    expect(world.backend.logins.map(({ reason }) => reason)).toEqual([
      'wrong password',
      'wrong password',
      'unknown user',
      'the service is closed',
    ]);
    world.backend.isDown = true;
    expect((await dial('anna', 'pw of anna')).outcome).toBe('silent');
    expect(world.nas.sessions()).toEqual([]);
  });

  it('of the suspended lands in the walled garden', async () => {
    world.backend.add('sue', { access: 'walled_garden' });
    const session = await online('sue');
    expect([session.isWalledIn, session.framedAddress]).toEqual([true, undefined]);
  });
});

describe('accounting', () => {
  it('grows past 32 bits within the rate, the same for the same seed, and ends with a Stop', async () => {
    const octets = [];
    for (let run = 0; run < 2; run += 1) {
      world.backend.add('anna', { rate: '1G/10G' });
      const session = await online('anna');
      const from = world.clock.now().getTime();
      world.clock.travel(3600);
      world.nas.tick();
      await until(() => world.backend.of('anna', 3).length === 1);
      const [interim] = world.backend.of('anna', 3);
      if (!interim) throw new Error('no interim update');
      const seconds = numberValueOf(interim, 'Acct-Session-Time') ?? 0;
      const down = total(interim, 'Acct-Output');
      expect(seconds).toBeGreaterThanOrEqual(3600);
      expect(numberValueOf(interim, 'Acct-Output-Gigawords')).toBeGreaterThan(0);
      expect(down).toBeLessThan(1_250_000_000 * seconds);
      expect(total(interim, 'Acct-Input')).toBeGreaterThan(0);
      expect(total(interim, 'ERX-IPv6-Acct-Output')).toBeGreaterThan(0);
      expect(total(interim, 'ERX-IPv6-Acct-Output')).toBeLessThan(down);
      world.nas.hangUp(session);
      await until(() => world.backend.of('anna', 2).length === 1);
      const [stop] = world.backend.of('anna', 2);
      expect(stop && numberValueOf(stop, 'Acct-Terminate-Cause')).toBe(1);
      expect(stop && total(stop, 'Acct-Output')).toBeGreaterThanOrEqual(down);
      octets.push(session.octets.output, from);
      await world.close();
      world = await simulatedWorld(run === 0 ? 1 : 2);
    }
    expect(octets[0]).toBeGreaterThan(0);
  });

  it('arrives when the server is back, in order, and says how late it is', async () => {
    const session = await online('anna');
    world.backend.isDown = true;
    world.nas.hangUp(session);
    await sleep(500);
    expect(world.nas.counts.accountingPending).toBe(1);
    world.clock.travel(120);
    world.backend.isDown = false;
    await until(() => world.backend.of('anna', 2).length === 1);
    const [stop] = world.backend.of('anna', 2);
    expect(stop && numberValueOf(stop, 'Acct-Delay-Time')).toBeGreaterThanOrEqual(120);
  });
});

describe('radius-coa', () => {
  const change = { downloadKbps: 20_000, uploadKbps: 5_000, access: 'open' } as const;

  it('changes the rate and the walls of a live session, and ends it', async () => {
    const session = await online('anna');
    const device = deviceOf(world.nas);
    expect(await driver.change(device, refOf(session), change, never)).toBe('acknowledged');
    expect(session.rate).toEqual({ downloadKbps: 20_000, uploadKbps: 5_000 });
    await driver.change(device, refOf(session), { ...change, access: 'walled_garden' }, never);
    expect(session.isWalledIn).toBe(true);
    await driver.change(device, refOf(session), change, never);
    expect(session.isWalledIn).toBe(false);
    expect(await driver.disconnect(device, refOf(session), never)).toBe('acknowledged');
    await until(() => world.backend.of('anna', 2).length === 1);
    const [stop] = world.backend.of('anna', 2);
    expect(stop && numberValueOf(stop, 'Acct-Terminate-Cause')).toBe(6);
    expect(await driver.disconnect(device, refOf(session), never)).toBe('no_such_session');
    expect(await driver.change(device, refOf(session), change, never)).toBe('no_such_session');
  });

  it('tells WISPr bandwidths to a NAS that speaks nothing else', async () => {
    const session = await online('anna');
    await driver.change(deviceOf(world.nas, { coa_vendors: ['wispr'] }), refOf(session), change, never);
    expect(session.rate).toEqual({ downloadKbps: 20_000, uploadKbps: 5_000 });
  });

  it('ends a session that is to be closed', async () => {
    const session = await online('anna');
    await driver.change(deviceOf(world.nas), refOf(session), { ...change, access: 'closed' }, never);
    expect(world.nas.sessions()).toEqual([]);
  });

  it('hits the meant session only', async () => {
    const session = await online('anna');
    const device = deviceOf(world.nas);
    const other = { ...refOf(session), framedAddress: '100.64.9.9' };
    expect(await driver.disconnect(device, other, never)).toBe('no_such_session');
    await expect(driver.disconnect(device, { ...refOf(session), nasIdentifier: 'bng-2' }, never)).rejects.toMatchObject(
      {
        code: 'network.device.refused',
        message: 'The device refused the order: Error-Cause 403 nas identification mismatch.',
      },
    );
    expect(world.nas.sessions()).toHaveLength(1);
  });

  it('is refused, obeyed late, or obeyed once under the faults of a NAS', async () => {
    const session = await online('anna');
    const device = deviceOf(world.nas);
    world.nas.setFaults([{ fault: 'nak' }]);
    await expect(driver.disconnect(device, refOf(session), never)).rejects.toMatchObject({
      message: 'The device refused the order: Error-Cause 501 administratively prohibited.',
    });
    world.nas.setFaults([{ fault: 'slow' }, { fault: 'duplicate' }]);
    expect(await driver.change(device, refOf(session), change, never)).toBe('acknowledged');
    world.nas.setFaults([{ fault: 'lost_answer' }]);
    const asked = driver.disconnect(device, refOf(session), never);
    await until(() => world.nas.sessions().length === 0);
    world.nas.setFaults([]);
    // The second try is answered from memory: the session is gone, and still the answer is not "no such session".
    expect(await asked).toBe('acknowledged');
    expect(world.nas.counts.repeated).toBeGreaterThan(0);
  });

  it('is told twice and out of order, and unreachable in turns', async () => {
    const session = await online('anna');
    world.nas.setFaults([{ fault: 'duplicate' }]);
    world.nas.hangUp(session);
    await until(() => world.backend.of('anna', 2).length === 2);
    const again = await online('anna');
    world.nas.setFaults([{ fault: 'reorder' }]);
    world.clock.travel(61);
    world.nas.tick();
    world.nas.hangUp(again);
    await until(() => world.backend.of('anna', 3).length === 1);
    const order = world.backend.packets
      .filter(({ packet }) => valueOf(packet, 'Acct-Session-Id') === again.id)
      .map(({ packet }) => numberValueOf(packet, 'Acct-Status-Type'));
    expect(order).toEqual([1, 1, 2, 3]);
    world.nas.setFaults([{ fault: 'flapping' }]);
    const reachable = Array.from({ length: 6 }, () => {
      world.clock.travel(10);
      return world.nas.isReachable;
    });
    expect(new Set([reachable.filter(Boolean).length])).toEqual(new Set([3]));
    world.nas.setFaults([{ fault: 'wrong_secret' }]);
    const device = deviceOf(world.nas);
    await expect(driver.disconnect(device, refOf(again), AbortSignal.timeout(500))).rejects.toThrow();
    expect(world.nas.counts.dropped).toBeGreaterThan(0);
  });

  it('calls silence what it is within 15 s, whether the NAS is mute, has another secret or is none', async () => {
    const session = await online('anna');
    const started = monotonicMs();
    const silent = { code: 'network.device.silent', kind: 'timeout' };
    const garbage = createSocket('udp4');
    garbage.bind(0, '127.0.0.1');
    await once(garbage, 'listening');
    garbage.on('message', (datagram, { port, address }) => {
      garbage.send(Buffer.alloc(0), port, address);
      garbage.send(Buffer.concat([datagram.subarray(0, 2), Buffer.alloc(65_000, 0xff)]), port, address);
    });
    const control = new SessionControl([driver]);
    const order = (device: ReturnType<typeof deviceOf>) =>
      control.disconnect({
        device: { ...device, sessionDriver: 'radius-coa' },
        session: refOf(session),
        signal: never,
      });
    await Promise.all([
      expect(order(deviceOf(world.nas, {}, 'another secret'))).rejects.toMatchObject(silent),
      expect(order(deviceOf(world.nas, { coa_port: garbage.address().port }))).rejects.toMatchObject(silent),
      expect(order(deviceOf(world.nas, { coa_port: 9 }))).rejects.toMatchObject(silent),
    ]);
    garbage.close();
    expect(monotonicMs() - started).toBeLessThan(15_000);
    expect(world.nas.sessions()).toHaveLength(1);
    const keyless = { ...deviceOf(world.nas), secrets: {}, sessionDriver: 'radius-coa' };
    const rest = { session: refOf(session), signal: never };
    await expect(control.disconnect({ device: keyless, ...rest })).rejects.toMatchObject({
      code: 'network.device.no_secret',
    });
    await expect(control.disconnect({ device: { ...keyless, sessionDriver: 'smoke' }, ...rest })).rejects.toMatchObject(
      {
        code: 'network.driver.unknown',
      },
    );
  }, 20_000);
});

describe('a life of sessions', () => {
  it('brings everybody online, redials after a disconnect, follows access, and comes back after a restart', async () => {
    let nowMs = 0;
    const names = ['anna', 'bert', 'carl', 'sue'];
    for (const name of names) world.backend.add(name);
    world.backend.add('carl', { access: 'closed' });
    world.backend.add('sue', { access: 'walled_garden' });
    let lines = names.map((username): DialIn => ({ username, password: `pw of ${username}`, method: 'chap' }));
    const generator = new SessionGenerator({
      nas: world.nas,
      subscribers: () => Promise.resolve(lines),
      seed: 1,
      everyMs: 1_000,
      redialMs: 1_000,
      patienceMs: 60_000,
      atOnce: 2,
      now: () => nowMs,
    });
    const whoIsOnline = () =>
      world.nas
        .sessions()
        .map(({ username }) => username)
        .sort();
    const after = async (ms: number) => {
      nowMs += ms;
      await generator.round();
      return whoIsOnline();
    };
    expect(await after(0)).toEqual(['anna', 'bert', 'sue']);
    const anna = world.nas.sessions().find(({ username }) => username === 'anna') as NasSession;
    await driver.disconnect(deviceOf(world.nas), refOf(anna), never);
    expect(await after(100)).toEqual(['bert', 'sue']);
    expect(await after(1_100)).toEqual(['anna', 'bert', 'sue']);
    // Refused, carl asks less and less often; let in, he comes.
    const asked = () => world.backend.logins.filter(({ username }) => username === 'carl').length;
    for (let second = 0; second < 60; second += 1) await after(1_000);
    expect(asked()).toBeLessThan(10);
    world.backend.add('carl');
    expect(await after(60_000)).toEqual(names);
    await world.nas.restart();
    expect(whoIsOnline()).toEqual([]);
    await after(100);
    expect(await after(1_100)).toEqual(names);
    await until(
      () => world.backend.packets.filter(({ packet }) => numberValueOf(packet, 'Acct-Status-Type') === 7).length === 2,
    );
    lines = lines.slice(1);
    expect(await after(0)).toEqual(['bert', 'carl', 'sue']);
    expect(new Set(world.nas.sessions().map(({ id }) => id)).size).toBe(3);
  });
});

function total(packet: RadiusPacket, stem: 'Acct-Input' | 'Acct-Output' | 'ERX-IPv6-Acct-Output'): number {
  return (numberValueOf(packet, `${stem}-Gigawords`) ?? 0) * 2 ** 32 + (numberValueOf(packet, `${stem}-Octets`) ?? 0);
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    if (waited > 5_000) throw new Error('it did not come to that');
    await sleep(10);
  }
}
