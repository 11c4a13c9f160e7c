import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import ssh2, { type ServerChannel } from 'ssh2';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const MB = 1024 * 1024;
const FLOOD_BYTES = 200 * MB;
/** 15 s for the device, and what a busy machine takes for the rest. */
const GIVEN_UP_WITHIN_MS = 25_000;
const GROWTH_BELOW_MB = 50;

interface Outgoing {
  write(chunk: Buffer): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly destroyed: boolean;
}

/** So many bytes of a kind, as fast as the other side takes them. */
function flood(to: Outgoing, chunk: Buffer, bytes: number): void {
  let left = bytes;
  const send = (): void => {
    while (left > 0 && !to.destroyed) {
      left -= chunk.length;
      if (!to.write(chunk)) return void to.once('drain', send);
    }
  };
  send();
}

/** What a device says to whatever it is asked, by the name of its misbehaviour. */
const ROUTEROS: Readonly<Record<string, (socket: Socket) => void>> = {
  garbage: (socket) => void socket.write(Buffer.alloc(4_096, 0xff)),
  'half a sentence': (socket) => void socket.write(Buffer.from('\u0005!done').subarray(0, 4)),
  '200 MB': (socket) => flood(socket, Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(0x7f, 0x61)]), FLOOD_BYTES),
  'nothing at all': (socket) => void socket.end(),
  silence: () => undefined,
};
const SSH: Readonly<Record<string, (channel: ServerChannel) => void>> = {
  garbage: (channel) => end(channel, Buffer.alloc(4_096, 0xff)),
  'half JSON': (channel) => end(channel, Buffer.from('{"nftables": [{"metainfo": {"vers')),
  '200 MB': (channel) => flood(channel, Buffer.alloc(65_536, 0x61), FLOOD_BYTES),
  'nothing at all': (channel) => end(channel, Buffer.alloc(0)),
  silence: () => undefined,
};

function end(channel: ServerChannel, output: Buffer): void {
  channel.write(output);
  channel.exit(0);
  channel.end();
}

const servers: { close(): unknown }[] = [];
const sockets = new Set<Socket>();
const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
let listening: { readonly name: string; readonly driver: string; readonly port: number }[] = [];

const portOf = (server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

function routerOs(act: (socket: Socket) => void): TcpServer {
  return createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => act(socket));
  });
}

function sshRouter(act: (channel: ServerChannel) => void) {
  return new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => attempt.accept());
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('error', () => undefined);
        act(channel);
      }),
    );
  });
}

beforeAll(async () => {
  const all = [
    ...Object.entries(ROUTEROS).map(([name, act]) => ({ name, driver: 'routeros-api', server: routerOs(act) })),
    ...Object.entries(SSH).map(([name, act]) => ({ name, driver: 'linux-ssh', server: sshRouter(act) })),
  ];
  servers.push(...all.map(({ server }) => server));
  listening = await Promise.all(
    all.map(async ({ name, driver, server }) => ({ name, driver, port: await portOf(server) })),
  );
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A router of the ledger behind that port, with a pool of its own; its id. */
async function define(world: World, api: ProgramProcess, at: number): Promise<number> {
  const { driver, port } = listening[at] as (typeof listening)[number];
  const settings =
    driver === 'linux-ssh'
      ? { ssh: { port, user: 'isp', host_key: fingerprint() }, linux: { down: 'sub0', up: 'net0' } }
      : { routeros: { port, tls: false, user: 'isp' } };
  const credentials = driver === 'linux-ssh' ? { ssh_password: 'wanted' } : { api_password: 'wanted' };
  const post = async (path: string, body: unknown) => {
    const answer = await ask(`${api.url}/v1/network/${path}`, world.database.apiKey, { method: 'POST', body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body['id'] as number;
  };
  const facts = { name: `hostile ${at}`, kind: 'router', driver, management_address: '127.0.0.1' };
  const deviceId = await post('devices', { ...facts, settings, credentials });
  const prefix = `100.66.${at}.0/24`;
  const prefixId = await post('prefixes', { prefix, role: 'assignment', device_id: deviceId });
  await post('pools', { prefix_id: prefixId, kind: 'ipv4', name: facts.name });
  return deviceId;
}

/** SHA-256 of the key as it goes over the wire (RFC 4253 section 6.6), hexadecimal. */
function fingerprint(): string {
  const blob = Buffer.from(hostKey.public.split(' ')[1] ?? '', 'base64');
  return createHash('sha256').update(blob).digest('hex');
}

const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

it('F26: a device that answers garbage, half, nothing, never or 200 MB is given up in time, with a reason and in bounded memory', async () => {
  await inWorld(async (world) => {
    const [api, worker] = (await world.startAll('api', 'worker')) as [ProgramProcess, ProgramProcess];
    const routers = await Promise.all(listening.map((_, at) => define(world, api, at)));
    // What the drivers load and the first jobs need is not the devices' doing.
    const warm = await provision(world, api, 1, await world.setRouter('good', {}));
    await until('a good job', async () => (await stepOf(world, warm))?.status === 'done', 20_000);
    const before = peakMb(worker.pid);
    const watch = stopwatch();
    const jobs = await Promise.all(routers.map((id, at) => provision(world, api, at + 2, id)));
    const errors = await Promise.all(
      jobs.map((job, at) =>
        until(
          `${listening[at]?.driver} ${listening[at]?.name} on record`,
          async () => (await stepOf(world, job))?.error,
          GIVEN_UP_WITHIN_MS,
        ),
      ),
    );
    const seconds = watch.seconds();
    const growth = peakMb(worker.pid) - before;
    report('F26', {
      devices: jobs.length,
      seconds,
      growth_mb: growth.toFixed(0),
      reasons: [...new Set(errors)].join(' '),
    });
    for (const [at, error] of errors.entries())
      expect([listening[at]?.name, error]).toEqual([listening[at]?.name, expect.stringMatching(REASONS)]);
    expect(growth).toBeLessThan(GROWTH_BELOW_MB);
    // Nobody says that it is done, and the process lives.
    const states = await world.rows<{ status: string }>(
      `SELECT DISTINCT status FROM services WHERE id BETWEEN 2 AND $1`,
      [jobs.length + 1],
    );
    expect(states.filter(({ status }) => status === 'active')).toEqual([]);
    expect(worker.running).toBe(true);
  });
}, 300_000);

const REASONS = /did not answer in time|answered what cannot be read|refused|does not do/;

async function provision(world: World, api: ProgramProcess, serviceId: number, routerId: number): Promise<number> {
  const body = { provisioning_data: { router_id: routerId } };
  const url = `${api.url}/v1/services/${serviceId}/provision`;
  const answer = await ask(url, world.database.apiKey, { method: 'POST', body });
  if (answer.status !== 202) throw new Error(`${serviceId}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body['provisioning_job_id'] as number;
}

const stepOf = async (world: World, jobId: number) =>
  (
    await world.rows<{ status: string; error: string | null }>(
      `SELECT status, detail->>'error' AS error FROM provisioning_steps
        WHERE provisioning_job_id = $1 AND name IN ('router', 'read_back') ORDER BY detail->>'error' NULLS LAST LIMIT 1`,
      [jobId],
    )
  )[0];
