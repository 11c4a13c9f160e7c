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

type Row = Record<string, string>;

/** What a router keeps: rows by id in its menus. */
class Router {
  readonly menus = new Map<string, Map<string, Row>>();
  private last = 0;

  constructor(private readonly known = ['/ppp/secret', '/ppp/active', '/queue/simple']) {}

  rows(menu: string): Row[] {
    return [...this.table(menu).values()];
  }

  add(menu: string, row: Row): void {
    this.table(menu).set(`*${(this.last += 1)}`, row);
  }

  /** Answers a command as RouterOS does: `!re` sentences, or why not. */
  answer(menu: string, command: string, given: Row): Row[] | string {
    if (!this.known.includes(menu)) return 'no such command prefix';
    const table = this.table(menu);
    const { '.id': id = '', 'value-name': field = '', ...change } = given;
    if (command === 'print')
      return [...table]
        .filter(([, row]) => row['name'] === given['name'])
        .map(([key, row]) => ({ '.id': key, ...row }));
    if (command === 'add') {
      if (this.rows(menu).some(({ name }) => name === given['name'])) return 'failure: already have such name';
      return this.add(menu, stored(given)) ?? [];
    }
    const row = table.get(id);
    if (!row) return 'no such item';
    if (command === 'set') table.set(id, { ...row, ...stored(change) });
    else if (command === 'unset') delete row[field];
    else if (command === 'remove') table.delete(id);
    else return 'no such command';
    return [];
  }

  private table(menu: string): Map<string, Row> {
    const found = this.menus.get(menu) ?? new Map<string, Row>();
    this.menus.set(menu, found);
    return found;
  }
}

/** Rates are answered in bits, whatever they were written as. */
function stored(row: Row): Row {
  const rate = row['max-limit'];
  return rate ? { ...row, 'max-limit': rate.replaceAll('k', '000') } : row;
}

/** Speaks the API as RouterOS does. */
function simulator(router: Router, seen: string[] = []) {
  return (socket: Socket): void => {
    const reader = new WordReader();
    let sentence: string[] = [];
    const say = (...words: string[]) => socket.write(Buffer.concat([...words.map(encodeWord), Buffer.from([0])]));
    const answer = ([path = '', ...words]: string[]): void => {
      const given = Object.fromEntries(words.map((word) => word.slice(1).split(/=(.*)/s, 2) as [string, string]));
      seen.push(path);
      const at = path.lastIndexOf('/');
      const isLogin = path === '/login';
      const login = given['password'] === 'right' ? [] : 'invalid user name or password (6)';
      const told = isLogin ? login : router.answer(path.slice(0, at), path.slice(at + 1), given);
      if (typeof told === 'string') say('!trap', `=message=${told}`);
      else for (const row of told) say('!re', ...Object.entries(row).map(([key, value]) => `=${key}=${value}`));
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
  ipv6Prefix: '2001:db8:1:5::/64',
  delegatedPrefix: '2001:db8:ff05::/56',
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
    const router = new Router();
    const device = await listen(simulator(router));
    expect(await driver.plan(device, wanted(), never)).toMatchObject([{ what: 'subscriber' }]);
    await driver.apply(device, 'a', wanted(), never);
    await driver.apply(device, 'a', wanted(), never);
    expect(router.rows('/ppp/secret')).toHaveLength(1);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(wanted());
    for (const access of ['walled_garden', 'closed', 'open'] as const) {
      const state = wanted({ access, vlanId: 100, profile: { name: '5M', downloadKbps: 5_000, uploadKbps: 1_500 } });
      await driver.apply(device, 'b', state, never);
      expect(await driver.readBack(device, 'user-1', never)).toEqual(state);
    }
    await driver.remove(device, 'c', 'user-1', never);
    await driver.remove(device, 'c', 'user-1', never);
    expect([router.rows('/ppp/secret'), router.rows('/queue/simple')]).toEqual([[], []]);
    expect(await driver.readBack(device, 'user-1', never)).toBeUndefined();
  });

  it('limits the rate with a queue over all addresses, and sees when somebody took it away', async () => {
    const router = new Router();
    const device = await listen(simulator(router));
    await driver.apply(device, 'a', wanted(), never);
    const target = '100.64.0.5/32,2001:db8:1:5::/64,2001:db8:ff05::/56';
    const queue = { name: 'isp-user-1', target, 'max-limit': '10000000/100000000', disabled: 'no' };
    expect(router.rows('/queue/simple')).toEqual([queue]);
    const id = [...(router.menus.get('/queue/simple') ?? new Map<string, Row>()).keys()][0] ?? '';
    const spoilt: Row[] = [{ disabled: 'yes' }, { target: '100.64.0.5/32' }, { 'max-limit': '10M/1G' }];
    for (const change of spoilt) {
      router.answer('/queue/simple', 'set', { '.id': id, ...queue, ...change });
      expect(await driver.plan(device, wanted(), never)).toMatchObject([{ what: 'rate', to: '100000/10000 kbit/s' }]);
    }
    router.answer('/queue/simple', 'remove', { '.id': id });
    expect(await driver.plan(device, wanted(), never)).toMatchObject([{ what: 'rate', from: '0/0 kbit/s' }]);
    await driver.apply(device, 'b', wanted(), never);
    expect(await driver.plan(device, wanted(), never)).toEqual([]);
  });

  it('leaves the rate to RADIUS where it is told to, and makes no queue', async () => {
    const router = new Router(['/ppp/secret', '/ppp/active']);
    const { settings, ...rest } = await listen(simulator(router));
    const routeros = { ...(settings['routeros'] as object), limit: 'radius' };
    const device = { ...rest, settings: { routeros } };
    await driver.apply(device, 'a', wanted(), never);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(wanted());
  });

  it('ends the sessions that the router let in when access or addresses change, not for another rate', async () => {
    const router = new Router();
    const device = await listen(simulator(router));
    await driver.apply(device, 'a', wanted(), never);
    const online = () => router.rows('/ppp/active').map(({ radius }) => radius);
    for (const radius of ['true', 'false']) router.add('/ppp/active', { name: 'user-1', radius });
    await driver.apply(device, 'b', wanted({ profile: { name: '5M', downloadKbps: 5_000, uploadKbps: 1_000 } }), never);
    expect(online()).toEqual(['true', 'false']);
    const state = wanted({ access: 'closed', ipv6Prefix: null, delegatedPrefix: null });
    await driver.apply(device, 'c', state, never);
    expect(online()).toEqual(['true']);
    expect(await driver.readBack(device, 'user-1', never)).toEqual(state);
  });

  it('says when the password is wrong, and what it was refused', async () => {
    const device = await listen(simulator(new Router()));
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
