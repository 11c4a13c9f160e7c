import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@isp/kernel';
import { sendGuarded } from './egress.js';
import type { GuardedRequest } from './egress.js';

/**
 * A self-signed certificate for specs, valid from 2020 to 2120 for hooks.example.test, other.example.test and
 * 127.0.0.2. Its key protects nothing.
 */
const SPEC_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlzCCATygAwIBAgIBATAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJob29rcy5l
eGFtcGxlLnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMB0x
GzAZBgNVBAMMEmhvb2tzLmV4YW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABFfHva2uPwy/KDjxgDraXtq5e0drsFTn9rgvyrO90li/gYofDE1Sbmar
PbLqLwiIPc9c7eaiWJbi6rwjBamnGoWjazBpMA8GA1UdEwEB/wQFMAMBAf8wNwYD
VR0RBDAwLoISaG9va3MuZXhhbXBsZS50ZXN0ghJvdGhlci5leGFtcGxlLnRlc3SH
BH8AAAIwHQYDVR0OBBYEFHbZvJKshlEVRu5jXXRHE1hPG6lmMAoGCCqGSM49BAMC
A0kAMEYCIQCOT8eiUxUs6hfnjbuY1RJ9F631pXpZOOZvIgKd6qH4sgIhANHvlNyy
5hcbPjsewmWHuUrSZl5w4a/MGVq7MzmM2p5T
-----END CERTIFICATE-----`;

const SPEC_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIRz6Q8O4RY+tdaDw
OGOQuXT0A9OrNBpF4v2Rc1P0nu6hRANCAARXx72trj8Mvyg48YA62l7auXtHa7BU
5/a4L8qzvdJYv4GKHwxNUm5mqz2y6i8IiD3PXO3moliW4uq8IwWppxqF
-----END PRIVATE KEY-----`;

/** 127.0.0.2 plays a public address; 127.0.0.1 stays what it is. */
const PUBLIC = '127.0.0.2';
const policy = { allowHttp: true, allowAnyPort: true, allowedCidrs: [`${PUBLIC}/32`] };
const toPublic = () => Promise.resolve([{ address: PUBLIC, family: 4 as const }]);

interface Listening {
  readonly port: number;
  readonly connections: () => number;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listen(server: Server, host = PUBLIC): Promise<Listening> {
  let count = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

const http = (listener: (...args: Parameters<RequestListener>) => unknown) =>
  listen(createHttpServer((request, response) => void listener(request, response)));
const raw = (reply: (socket: Socket) => void) =>
  listen(createTcpServer((socket) => socket.once('data', () => reply(socket))));

function send(port: number, changes: Partial<GuardedRequest> = {}) {
  return sendGuarded({
    url: `http://hooks.example.test:${port}/hook?x=1`,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"é":1}',
    policy,
    connectTimeoutMs: 1000,
    totalTimeoutMs: 2000,
    maxReplyBytes: 16_384,
    resolve: toPublic,
    ...changes,
  });
}

async function failure(sent: Promise<unknown>): Promise<DomainError> {
  try {
    await sent;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('was sent');
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('sendGuarded', () => {
  it('delivers the exact bytes and reports the reply', async () => {
    let seen: { url?: string; host?: string; length?: string; extra?: unknown; body?: string } = {};
    const { port } = await http(async (request, response) => {
      const { host, 'content-length': length, 'x-extra': extra } = request.headers;
      seen = { url: request.url, host, length, extra, body: await bodyOf(request) };
      response.writeHead(202, { 'Retry-After': '7', 'X-Other': 'no', 'Set-Cookie': 'a=b' }).end('thanks \0 ok');
    });
    const headers = { 'X-Extra': 'yes', Host: 'evil.example', 'Transfer-Encoding': 'chunked' };
    const reply = await send(port, { headers });
    expect(seen).toEqual({
      url: '/hook?x=1',
      host: `hooks.example.test:${port}`,
      length: '8',
      extra: 'yes',
      body: '{"é":1}',
    });
    expect(reply).toMatchObject({
      status: 202,
      bodyExcerpt: 'thanks \ufffd ok',
      bodyTruncated: false,
      address: PUBLIC,
    });
    expect(reply.headers).toMatchObject({ 'retry-after': '7' });
    expect(Object.keys(reply.headers)).not.toContain('set-cookie');
    expect(Object.keys(reply.headers)).not.toContain('x-other');
  });

  it('speaks TLS to the checked address with the name of the URL', async () => {
    let servername: unknown;
    const server = createHttpsServer({ cert: SPEC_CERTIFICATE, key: SPEC_KEY }, (request, response) => {
      servername = (request.socket as unknown as { servername: unknown }).servername;
      response.end(request.headers.host);
    });
    const { port } = await listen(server);
    const url = `https://hooks.example.test:${port}/`;
    const reply = await send(port, { url, ca: SPEC_CERTIFICATE });
    expect(reply).toMatchObject({ status: 200, bodyExcerpt: `hooks.example.test:${port}`, address: PUBLIC });
    expect(servername).toBe('hooks.example.test');
    expect((await send(port, { url: `https://${PUBLIC}:${port}/`, ca: SPEC_CERTIFICATE })).status).toBe(200);
    expect((await failure(send(port, { url }))).code).toBe('egress.tls.failed');
    const wrongName = url.replace('hooks', 'wrong');
    expect((await failure(send(port, { url: wrongName, ca: SPEC_CERTIFICATE }))).code).toBe('egress.tls.failed');
  });

  it('does not follow redirects', async () => {
    const admin = await listen(
      createHttpServer((_, response) => response.end('secret')),
      '127.0.0.1',
    );
    const { port } = await http((_, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${admin.port}/` }).end();
    });
    expect(await send(port)).toMatchObject({ status: 302, headers: { location: `http://127.0.0.1:${admin.port}/` } });
    expect(admin.connections()).toBe(0);
  });

  it('is not rebound: a name is resolved once for each request, and checked', async () => {
    const admin = await listen(
      createHttpServer((_, response) => response.end('secret')),
      '127.0.0.1',
    );
    const answers = [PUBLIC, '127.0.0.1'];
    let asked = 0;
    const rebinding = () => Promise.resolve([{ address: answers[asked++ % 2] as string, family: 4 as const }]);
    const codes: string[] = [];
    for (let index = 0; index < 20; index += 1)
      codes.push((await failure(send(admin.port, { resolve: rebinding }))).code);
    expect(asked).toBe(20);
    expect(new Set(codes)).toEqual(new Set(['egress.connect.failed', 'egress.destination.refused']));
    const mixed = () => Promise.resolve(answers.map((address) => ({ address, family: 4 as const })));
    expect((await failure(send(admin.port, { resolve: mixed }))).code).toBe('egress.destination.refused');
    expect((await failure(send(admin.port, { url: `http://127.0.0.1:${admin.port}/` }))).code).toBe(
      'egress.destination.refused',
    );
    expect(admin.connections()).toBe(0);
  });

  it('tries the other checked addresses when one does not answer', async () => {
    const { port } = await http((_, response) => response.end('ok'));
    const wider = { ...policy, allowedCidrs: ['127.0.0.2/31'] };
    const both = () => Promise.resolve(['127.0.0.3', PUBLIC].map((address) => ({ address, family: 4 as const })));
    expect(await send(port, { policy: wider, resolve: both })).toMatchObject({ status: 200, address: PUBLIC });
  });

  it('reads so much of an endless reply and no more', async () => {
    const poured: Promise<number>[] = [];
    const { port } = await http((_, response) => {
      response.on('error', () => undefined);
      const { socket } = response;
      if (socket) poured.push(new Promise((done) => socket.once('close', () => done(socket.bytesWritten))));
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', pour);
      };
      pour();
    });
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(port)));
    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 200, bodyTruncated: true });
      expect(reply.bodyExcerpt).toHaveLength(16_384);
    }
    // The receiver is cut off: beyond the excerpt it gets rid of what the kernel's buffers hold, and then of nothing.
    for (const bytes of await Promise.all(poured)) expect(bytes).toBeLessThan(16 * 2 ** 20);
    expect(poured).toHaveLength(20);
  });

  it('takes a reply of exactly the limit whole', async () => {
    const { port } = await http((_, response) => response.end('x'.repeat(100)));
    expect(await send(port, { maxReplyBytes: 100 })).toMatchObject({
      bodyTruncated: false,
      bodyExcerpt: 'x'.repeat(100),
    });
    expect(await send(port, { maxReplyBytes: 99 })).toMatchObject({ bodyTruncated: true, bodyExcerpt: 'x'.repeat(99) });
  });

  it('gives up on a dripping body at the total time, without holding up others', async () => {
    const { port } = await http((request, response) => {
      if (request.url === '/good') return void response.end('ok');
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const [totalTimeoutMs, connectTimeoutMs] = [3_000, 10_000];
    let over = 0;
    const slow = Array.from({ length: 50 }, () =>
      failure(send(port, { totalTimeoutMs, connectTimeoutMs })).finally(() => (over += 1)),
    );
    // Set behind theirs in the same event loop: however busy the machine is, theirs come first.
    const late = sleep(2 * totalTimeoutMs, [], { ref: false });
    const good = { url: `http://hooks.example.test:${port}/good`, connectTimeoutMs, totalTimeoutMs: 10_000 };
    expect((await send(port, good)).status).toBe(200);
    expect(over).toBe(0);
    const errors = await Promise.race([Promise.all(slow), late]);
    expect(errors).toHaveLength(50);
    for (const error of errors) expect(error).toMatchObject({ code: 'egress.timeout', kind: 'timeout' });
  });

  it('refuses headers without end, garbage and half replies', async () => {
    const many = await raw((socket) => socket.write(`HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`));
    expect((await failure(send(many.port))).code).toBe('egress.reply.malformed');
    const garbage = await raw((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    expect((await failure(send(garbage.port))).code).toBe('egress.reply.malformed');
    const half = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
    expect((await failure(send(half.port))).code).toBe('egress.reply.failed');
    const silent = await raw((socket) => socket.end());
    expect((await failure(send(silent.port))).code).toBe('egress.reply.failed');
    const upgrade = await raw((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    );
    expect((await failure(send(upgrade.port))).code).toMatch(/^egress\.(reply\.failed|timeout)$/);
    const hints = await raw((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await failure(send(hints.port, { totalTimeoutMs: 300 }))).code).toBe('egress.timeout');
  });

  it('times out look-ups and connections, and can be called off', async () => {
    const never = () => new Promise<never>(() => undefined);
    expect((await failure(send(1, { resolve: never, totalTimeoutMs: 100 }))).code).toBe('egress.timeout');
    const mute = await raw(() => undefined);
    const url = `https://hooks.example.test:${mute.port}/`;
    expect((await failure(send(mute.port, { url, connectTimeoutMs: 100 }))).code).toBe('egress.connect.timeout');
    const controller = new AbortController();
    const sent = failure(send(mute.port, { signal: controller.signal }));
    await sleep(50);
    controller.abort();
    expect((await sent).code).toBe('egress.aborted');
    expect((await failure(send(mute.port, { signal: AbortSignal.abort() }))).code).toBe('egress.aborted');
  });

  it('closes its connection in every case', async () => {
    const { port } = await http((_, response) => response.writeHead(200, { Connection: 'keep-alive' }).end('ok'));
    await send(port);
    const dripping = createTcpServer((socket) => socket.resume().write('HTTP/1.1 200 OK\r\n\r\nx'));
    const closed = new Promise((resolve) => dripping.on('connection', (socket) => socket.on('close', resolve)));
    const { port: slow } = await listen(dripping);
    expect((await failure(send(slow, { totalTimeoutMs: 150 }))).code).toBe('egress.timeout');
    await closed;
  });
});
