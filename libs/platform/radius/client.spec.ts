import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeReply, parsePacket, RADIUS_CODE, RadiusClient, RadiusListener } from './index.js';

const SECRET = 'a secret';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A peer that does with every datagram what it is told. */
async function peer(answer: (datagram: Buffer, reply: (octets: Buffer) => void, socket: Socket) => void) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const received: Buffer[] = [];
  socket.on('message', (datagram, { port, address }) => {
    received.push(datagram);
    answer(datagram, (octets) => socket.send(octets, port, address), socket);
  });
  closing.push(() => socket.close());
  return { port: socket.address().port, received };
}

async function clientTo(port: number, waitsMs: readonly number[] = [40, 80, 160]) {
  const client = await RadiusClient.open({ host: '127.0.0.1', port }, { waitsMs });
  closing.push(() => client.close());
  return client;
}

const { DisconnectRequest: code, DisconnectAck, DisconnectNak } = RADIUS_CODE;
const order = { code, attributes: [], secret: SECRET, answers: [DisconnectAck, DisconnectNak] } as const;
const ack = (datagram: Buffer, secret = SECRET) =>
  encodeReply({ code: DisconnectAck, secret, request: parsePacket(datagram) });

describe('a client', () => {
  it('sends the same octets again until it is answered', async () => {
    const { port, received } = await peer((datagram, reply) => received.length === 3 && reply(ack(datagram)));
    const reply = await (await clientTo(port, [40, 80, 5_000])).request(order);
    expect(reply.code).toBe(DisconnectAck);
    expect(received).toHaveLength(3);
    expect(received.every((datagram) => datagram.equals(received[0] as Buffer))).toBe(true);
  });

  it('ignores what other secrets, other requests and other codes answer, and takes what is genuine', async () => {
    const { port } = await peer((datagram, reply) => {
      reply(ack(datagram, 'another secret'));
      const request = parsePacket(datagram);
      reply(encodeReply({ code: RADIUS_CODE.CoaAck, secret: SECRET, request }));
      const old = { identifier: request.identifier, authenticator: Buffer.alloc(16, 9) };
      reply(encodeReply({ code: DisconnectAck, secret: SECRET, request: old }));
      reply(ack(datagram));
    });
    const client = await clientTo(port, [5_000]);
    expect((await client.request(order)).code).toBe(DisconnectAck);
    expect(client.ignored).toBe(3);
  });

  it('has at most 256 requests in flight; the others wait for their turn', async () => {
    const held: (() => void)[] = [];
    const { port, received } = await peer((datagram, reply) => void held.push(() => reply(ack(datagram))));
    const client = await clientTo(port, [5_000]);
    const all = Promise.all(Array.from({ length: 600 }, () => client.request(order)));
    await until(() => held.length === 256);
    await sleep(50);
    expect(received).toHaveLength(256);
    expect(new Set(received.map((datagram) => datagram[1])).size).toBe(256);
    expect(client.pending).toBe(600);
    const timer = setInterval(() => held.splice(0).forEach((answer) => answer()), 5);
    expect(await all).toHaveLength(600);
    clearInterval(timer);
    expect(client.pending).toBe(0);
  });

  it('gives up at once when told to, in flight and while waiting', async () => {
    const { port } = await peer(() => undefined);
    const client = await clientTo(port, [5_000]);
    const stop = new AbortController();
    const all = Array.from({ length: 300 }, () => client.request({ ...order, signal: stop.signal }));
    const settled = Promise.allSettled(all);
    await sleep(20);
    stop.abort(new Error('enough'));
    const reasons = (await settled).map((one) =>
      one.status === 'rejected' ? (one.reason as Error).message : 'answered',
    );
    expect(new Set(reasons)).toEqual(new Set(['enough']));
    expect(client.pending).toBe(0);
    await expect(client.request({ ...order, signal: stop.signal })).rejects.toThrow('enough');
  });

  it('takes a closed port for silence, and says when it was closed itself', async () => {
    const free = await peer(() => undefined);
    await closing.pop()?.();
    const client = await clientTo(free.port);
    await expect(client.request(order)).rejects.toMatchObject({ code: 'radius.peer.silent', kind: 'timeout' });
    const { port } = await peer(() => undefined);
    const other = await clientTo(port, [5_000]);
    const asked = other.request(order);
    other.close();
    await expect(asked).rejects.toMatchObject({ code: 'radius.client.closed' });
  });

  const half = (datagram: Buffer) => ack(datagram).subarray(0, 25);
  it.each<[string, (datagram: Buffer) => Buffer]>([
    ['nothing but empty datagrams', () => Buffer.alloc(0)],
    ['half a packet', half],
    ['random octets', (datagram) => Buffer.concat([datagram.subarray(0, 2), Buffer.alloc(500, 0xa5)])],
    ['as much as a datagram holds', (datagram) => Buffer.concat([datagram.subarray(0, 2), Buffer.alloc(65_000, 0xff)])],
    ['its own request', (datagram) => datagram],
  ])('hears %s a thousand times and calls it silence, with nothing kept', async (_, answer) => {
    const { port } = await peer((datagram, reply) => {
      for (let times = 0; times < 350; times += 1) reply(answer(datagram));
    });
    const client = await clientTo(port);
    const before = process.memoryUsage().heapUsed;
    await expect(client.request(order)).rejects.toMatchObject({ code: 'radius.peer.silent' });
    expect(client.pending).toBe(0);
    expect(client.ignored).toBeGreaterThan(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });
});

describe('a listener', () => {
  async function listening(handle: () => Promise<{ code: number } | undefined>) {
    let handled = 0;
    const listener = await RadiusListener.open({
      host: '127.0.0.1',
      port: 0,
      requireMessageAuthenticator: true,
      secretFor: () => SECRET,
      handle: () => {
        handled += 1;
        return handle();
      },
    });
    closing.push(() => listener.close());
    return { listener, handled: () => handled };
  }

  it('does a thing once however often it is asked', async () => {
    const { listener, handled } = await listening(async () => {
      await sleep(100);
      return { code: DisconnectAck };
    });
    const client = await clientTo(listener.port, [30, 30, 30, 5_000]);
    expect((await client.request(order)).code).toBe(DisconnectAck);
    expect(handled()).toBe(1);
    expect(listener.counts.repeated).toBeGreaterThan(0);
  });

  it('is silent to wrong secrets, to whoever signs nothing, and when it fails; then serves the next', async () => {
    let broken = true;
    const { listener, handled } = await listening(() =>
      broken ? Promise.reject(new Error('the database is away')) : Promise.resolve({ code: DisconnectAck }),
    );
    const client = await clientTo(listener.port, [30, 30]);
    const silent = { code: 'radius.peer.silent' };
    await expect(client.request({ ...order, secret: 'wrong' })).rejects.toMatchObject(silent);
    await expect(client.request({ ...order, messageAuthenticator: false })).rejects.toMatchObject(silent);
    expect(handled()).toBe(0);
    await expect(client.request(order)).rejects.toMatchObject(silent);
    broken = false;
    const patient = await clientTo(listener.port, [5_000]);
    expect((await patient.request(order)).code).toBe(DisconnectAck);
  });

  it('survives garbage', async () => {
    const { listener } = await listening(() => Promise.resolve({ code: DisconnectAck }));
    const socket = createSocket('udp4');
    closing.push(() => socket.close());
    for (const size of [0, 1, 19, 20, 4_097, 65_000]) socket.send(Buffer.alloc(size, 0x2b), listener.port, '127.0.0.1');
    await until(() => listener.counts.received === 6);
    expect((await (await clientTo(listener.port, [5_000])).request(order)).code).toBe(DisconnectAck);
    expect(listener.counts.dropped).toBe(6);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    if (waited > 5_000) throw new Error('it did not come to that');
    await sleep(5);
  }
}
