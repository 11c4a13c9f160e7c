import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { monotonicMs } from '@isp/kernel';
import type { DeviceRef, SubscriberState } from '../device-driver.port.js';
import { RouterOsRouter } from './routeros-api.adapter.js';
import { WordReader, encodeWord } from './routeros-client.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));
const never = new AbortController().signal;
const driver = new RouterOsRouter();
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

async function listen(act: (socket: Socket) => void): Promise<DeviceRef> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    act(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const settings = { routeros: { port, tls: false, user: 'api' } };
  return { id: 1, name: 'mikrotik', address: '127.0.0.1', settings, secrets: { api_password: 'right' } };
}

type Secret = Record<string, string>;

/** Speaks the API as RouterOS does: login, and PPP secrets kept by id. */
function simulator(secrets: Map<string, Secret>, seen: string[] = []) {
  let last = 0;
  return (socket: Socket): void => {
    const reader = new WordReader();
    let sentence: string[] = [];
    const say = (...words: string[]) => socket.write(Buffer.concat([...words.map(encodeWord), Buffer.from([0])]));
    const answer = ([command = '', ...words]: string[]): void => {
      const given = Object.fromEntries(words.map((word) => word.slice(1).split(/=(.*)/s, 2) as [string, string]));
      seen.push(command);
      const trap = (message: string) => [say('!trap', `=message=${message}`), say('!done')];
      if (command === '/login') {
        if (given['password'] !== 'right') return void trap('invalid user name or password (6)');
      } else if (command === '/ppp/secret/print') {
        for (const [id, secret] of secrets)
          if (secret['name'] === given['name'])
            say('!re', `=.id=${id}`, ...Object.entries(secret).map(([k, v]) => `=${k}=${v}`));
      } else if (command === '/ppp/secret/add') {
        if ([...secrets.values()].some(({ name }) => name === given['name'])) return void trap('already have');
        secrets.set(`*${(last += 1)}`, given);
      } else if (command === '/ppp/secret/set') {
        const { '.id': id = '', ...change } = given;
        if (!secrets.has(id)) return void trap('no such item');
        secrets.set(id, { ...secrets.get(id), ...change });
      } else if (command === '/ppp/secret/remove') secrets.delete(given['.id'] ?? '');
      else return void trap('no such command');
      say('!done');
    };
    socket.on('data', (chunk: Buffer) => {
      for (const word of reader.push(chunk)) {
        if (word !== '') sentence.push(word);
        else {
          answer(sentence);
          sentence = [];
        }
      }
    });
  };
}

const wanted = (change: Partial<SubscriberState> = {}): SubscriberState => ({
  username: 'user-1',
  address: '100.64.0.5',
  vlanId: null,
  profile: { name: '100M_10M', downloadKbps: 100_000, uploadKbps: 10_000 },
  access: 'open',
  ...change,
});

describe('words of the RouterOS API', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 50 }),
        (words, cut) => {
          const bytes = Buffer.concat(words.map(encodeWord));
          const reader = new WordReader();
          const found: string[] = [];
          for (let at = 0; at < bytes.length; at += cut) found.push(...reader.push(bytes.subarray(at, at + cut)));
          expect(found).toEqual(words.map((word) => Buffer.from(word, 'utf8').toString('utf8')));
        },
      ),
    );
  });

  it.each([0, 127, 128, 16_383, 16_384, 65_536])('may have %i bytes', (length) => {
    expect(new WordReader().push(encodeWord('x'.repeat(length)))).toEqual(['x'.repeat(length)]);
  });
});

describe('the RouterOS driver', () => {
  it('adds, changes, reads back and removes a subscriber, each once however often it is told', async () => {
    const secrets = new Map<string, Secret>();
    const device = await listen(simulator(secrets));
    expect(await driver.plan(device, wanted(), never)).toMatchObject([{ what: 'subscriber' }]);
    await driver.apply(device, 'a', wanted(), never);
    await driver.apply(device, 'a', wanted(), never);
    expect(secrets.size).toBe(1);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(wanted());
    for (const access of ['walled_garden', 'closed', 'open'] as const) {
      const state = wanted({ access, vlanId: 100, profile: { name: '5M', downloadKbps: 5_000, uploadKbps: 1_500 } });
      await driver.apply(device, 'b', state, never);
      expect(await driver.readBack(device, 'user-1', never)).toEqual(state);
    }
    await driver.remove(device, 'c', 'user-1', never);
    await driver.remove(device, 'c', 'user-1', never);
    expect(secrets.size).toBe(0);
    expect(await driver.readBack(device, 'user-1', never)).toBeUndefined();
  });

  it('says when the password is wrong, and what it was refused', async () => {
    const device = await listen(simulator(new Map()));
    const stranger = { ...device, secrets: { api_password: 'wrong' } };
    expect(await code(driver.readBack(stranger, 'x', never))).toBe('network.device.login_refused');
    expect(await code(driver.readBack({ ...device, secrets: {} }, 'x', never))).toBe('network.device.misconfigured');
  });

  it.each([
    ['garbage', (socket: Socket) => socket.write(Buffer.alloc(1_000, 0xff))],
    ['a length that lies', (socket: Socket) => socket.write(Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff]))],
    [
      'words for ever',
      (socket: Socket) => {
        const send = (): void => {
          while (!socket.destroyed && socket.write(encodeWord('!re'.padEnd(60_000, 'x'))));
        };
        socket.on('drain', send);
        send();
      },
    ],
    ['half a sentence and hangs up', (socket: Socket) => socket.end(encodeWord('!done'))],
    ['nothing', () => undefined],
  ])('survives a device that sends %s', async (_, act) => {
    const device = await listen((socket) => void act(socket));
    const before = process.memoryUsage().rss;
    const began = monotonicMs();
    const answer = await code(driver.readBack(device, 'x', AbortSignal.timeout(2_000)));
    expect(answer).toMatch(/^network\.device\.(silent|garbled)$/);
    expect(monotonicMs() - began).toBeLessThan(15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });
});
