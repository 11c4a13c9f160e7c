import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import type { StatusTarget } from '../status-driver.port.js';
import type { OidMap } from './oid-map.js';
import { type AgentFault, SIMULATED_OIDS, SimulatedAgent, simulatedValues } from './simulated-agent.js';
import { SnmpSessions } from './snmp-sessions.js';
import { SnmpStatus } from './snmp-status.adapter.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function driver(): SnmpStatus {
  const sessions = new SnmpSessions();
  closing.push(() => sessions.onApplicationShutdown());
  return new SnmpStatus(sessions);
}

function targetAt(port: number, oids: OidMap = SIMULATED_OIDS, community = 'simulated'): StatusTarget {
  const settings = { snmp: { version: '2c', port } };
  const secrets = { snmp_community: community };
  const device = { id: 1, name: 'ont', settings, address: '127.0.0.1', secrets, serialNumber: 'SN1' };
  return { device, asked: device, oids, ponPort: null, onuIndex: null };
}

async function agent(state: { fault?: AgentFault; seconds?: number; serial?: string } = {}): Promise<number> {
  const figures = () => ({ serial: state.serial ?? 'SN1', fault: state.fault, seconds: state.seconds ?? 1_000 });
  const running = await SimulatedAgent.start({ community: 'simulated', figures });
  closing.push(() => running.close());
  return running.port;
}

/** A peer that answers each packet with these. */
async function peer(answer: (packet: Buffer) => readonly Buffer[]): Promise<number> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (packet, { port, address }) => answer(packet).forEach((one) => socket.send(one, port, address)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => socket.close());
  return socket.address().port;
}

const never = new AbortController().signal;
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

describe('the SNMP status driver', () => {
  it('reads a device by the map of its model, scaled and named; what is not asked is null', async () => {
    const reading = await driver().read(targetAt(await agent()), never);
    const values = simulatedValues({ serial: 'SN1', fault: undefined, seconds: 1_000 });
    expect(reading).toMatchObject({
      online: true,
      gponStatus: 'operational',
      rxPowerDbm: Number(values.rxPowerDbm) / 100,
      uptimeSeconds: 1_000,
      serialNumber: 'SN1',
      sfpPowerDbm: null,
      cpe: null,
    });
    expect(reading.rxPowerDbm).toBeGreaterThan(-28);
    expect(reading.rxPowerDbm).toBeLessThan(-8);
    expect(BigInt(reading.inOctets ?? 0)).toBeGreaterThan(2n ** 32n);
  });

  it('takes optical levels from the serial number', async () => {
    const of = async (serial: string) => (await driver().read(targetAt(await agent({ serial })), never)).rxPowerDbm;
    expect(await of('A')).toBe(await of('A'));
    expect(await of('A')).not.toBe(await of('B'));
  });

  it('knows an ONT that is off, and makes no power up for it', async () => {
    const reading = await driver().read(targetAt(await agent({ fault: 'offline' })), never);
    expect(reading).toMatchObject({ online: false, rxPowerDbm: null, txPowerDbm: null, gponStatus: 'los' });
  });

  it('waits for a slow device and gives up a silent one after three seconds', async () => {
    expect((await driver().read(targetAt(await agent({ fault: 'slow' })), never)).online).toBe(true);
    const began = monotonicMs();
    expect(await code(driver().read(targetAt(await agent({ fault: 'silence' })), never))).toBe('network.device.silent');
    expect(monotonicMs() - began).toBeLessThan(4_000);
  });

  it('asks anew when the device moves or its credentials change', async () => {
    const snmp = driver();
    const port = await agent();
    expect(await code(snmp.read(targetAt(port, SIMULATED_OIDS, 'wrong'), never))).toBe('network.device.silent');
    expect((await snmp.read(targetAt(port), never)).online).toBe(true);
  });

  it('leaves null what the device does not have, and asks more values than one packet holds', async () => {
    const missing: OidMap = { ...SIMULATED_OIDS, cpuPercent: { oid: '1.3.6.1.4.1.99999.1.99.0' } };
    expect((await driver().read(targetAt(await agent(), missing), never)).cpuPercent).toBeNull();
  });

  it.each([
    ['no address', { address: null }],
    ['no community', { secrets: {} }],
  ])('says that it cannot ask: %s', async (_, change) => {
    const target = targetAt(await agent());
    const device = { ...target.device, ...change, id: 77 };
    expect(await code(driver().read({ ...target, device, asked: device }, never))).toBe('network.device.misconfigured');
  });

  it('refuses a map that asks nothing, or for a place that is not known', async () => {
    const port = await agent();
    expect(await code(driver().read(targetAt(port, {}), never))).toBe('network.device.misconfigured');
    const placed: OidMap = { rxPowerDbm: { oid: '1.3.6.1.4.1.1.{pon}.{onu}' } };
    expect(await code(driver().read(targetAt(port, placed), never))).toBe('network.device.misconfigured');
  });

  it.each([
    ['garbage', () => [Buffer.from('00ff'.repeat(300), 'hex')]],
    ['half a packet', (packet: Buffer) => [packet.subarray(0, packet.length / 2)]],
    ['nothing in a packet', () => [Buffer.alloc(0)]],
    ['the question', (packet: Buffer) => [packet]],
    ['packets as large as they come, and many', () => Array.from({ length: 50 }, () => Buffer.alloc(60_000, 0x30))],
    ['lengths that lie', () => [Buffer.from('3084ffffffff020101040673696d756c61', 'hex')]],
  ])('survives a device that answers with %s', async (_, answer) => {
    const port = await peer(answer);
    const began = monotonicMs();
    const before = process.memoryUsage().rss;
    const refusal = await code(driver().read(targetAt(port), never));
    expect(['network.device.silent', 'network.device.garbled', 'network.device.refused']).toContain(refusal);
    expect(monotonicMs() - began).toBeLessThan(15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it('stops when told to', async () => {
    const port = await agent({ fault: 'silence' });
    await expect(driver().read(targetAt(port), AbortSignal.timeout(50))).rejects.toThrow(/timeout/i);
  });
});
