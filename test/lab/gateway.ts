import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';
import { programPath } from '../radius/programs.js';
import { openTempDir, removeDir } from '../support/embedded-postgres.js';

const FILES = join(import.meta.dirname, 'bng');
const PROGRAMS = [
  'linux.uml',
  'pppd',
  'pppoe-server',
  'modprobe',
  'busybox',
  'ping',
  'ip',
  'tc',
  'freeradius',
  'setpriv',
];

/** What the lab lacks on this machine; empty when it can run. */
export function missingForLab(): string[] {
  const missing: string[] = PROGRAMS.filter((program) => programPath(program) === undefined);
  if (process.getuid?.() !== 0) missing.push('root');
  for (const path of ['/dev/net/tun', '/usr/lib/uml/modules']) if (!existsSync(path)) missing.push(path);
  return missing;
}

/** A session as the subscriber's equipment and its gateway see it. */
export interface LineUp {
  readonly attempt: number;
  readonly address: string;
  /** What the gateway's queue lets through, as tc writes it. */
  readonly queue: string;
  /** Of 20 pings through the session, how many came back. */
  readonly pings: number;
  /** Attributes that RADIUS gave the gateway. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A broadband network gateway in User-Mode Linux: PPPoE over 802.1Q, pppd as RADIUS client, RFC 5176, and behind it the
 * equipment of one subscriber. Its only way out is a tap interface, which ends with its process.
 */
export class Gateway {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    /** This machine's end of the management network, and the gateway's. */
    readonly host: string,
    readonly address: string,
  ) {}

  /** Boots it; its services start with `open`. */
  static async boot(): Promise<Gateway> {
    const directory = await openTempDir();
    await mkdir(join(directory, 'tmp'));
    const net = `198.18.${process.pid % 250}`;
    const [host, address, nic] = [`${net}.1`, `${net}.2`, `isplab${process.pid}`];
    const log = openSync(join(directory, 'uml.log'), 'w');
    const kernel = [
      ...['mem=192M', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${FILES}/init`],
      ...['con=null', 'con0=null,fd:1', `vec0:transport=tap,ifname=${nic}`, 'umid=lab', `uml_dir=${directory}/tmp`],
      ...[`LAB=${directory}`, `FILES=${FILES}`, `HOST=${host}`, `BNG=${address}`],
    ];
    // Dies with this process, whatever happens to it.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'linux.uml', ...kernel], {
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: join(directory, 'tmp') },
      stdio: ['ignore', log, log],
      detached: true,
    });
    const gateway = new Gateway(child, directory, host, address);
    await gateway.until('its network', () => ip('link', 'show', nic));
    ip('addr', 'add', `${host}/30`, 'dev', nic);
    ip('link', 'set', nic, 'up');
    return gateway;
  }

  /** Starts its services, for a RADIUS server that listens on `host`. */
  async open(server: { readonly authPort: number; readonly acctPort: number; readonly secret: string }): Promise<void> {
    const settings = { AUTH: server.authPort, ACCT: server.acctPort, SECRET: `'${server.secret}'` };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await this.put('settings', lines.join(''));
    await this.until('its services', async () => (await this.events()).includes('ready'));
  }

  /** What the equipment dials with from now on; it dials again whenever it was hung up on. */
  dial(vlan: 100 | 200, username: string, password: string): Promise<void> {
    return this.put('dial', `${vlan} ${username} ${password}\n`);
  }

  /** The equipment is switched off: it dials no more once its session has ended. */
  async hangUp(): Promise<void> {
    await rm(join(this.directory, 'dial'), { force: true });
  }

  async events(): Promise<string[]> {
    return (await readFile(join(this.directory, 'events'), 'utf8').catch(() => '')).split('\n');
  }

  async ups(): Promise<LineUp[]> {
    return (await this.events()).flatMap((line) => {
      const [, attempt, address = '', queue = '', pings, told = ''] =
        /^up (\d+) (\S+) \S+ (\S+) (\d+) (.*)$/.exec(line) ?? [];
      const pairs = told
        .split(';')
        .filter(Boolean)
        .map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);
      return attempt
        ? [{ attempt: Number(attempt), address, queue, pings: Number(pings), attributes: Object.fromEntries(pairs) }]
        : [];
    });
  }

  /** Octets that the equipment itself counted in a session that has ended. */
  async counted(attempt: number): Promise<{ readonly sent: number; readonly received: number } | undefined> {
    for (const line of await this.events()) {
      const [, number, sent, received] = /^down (\d+) (\d+) (\d+)$/.exec(line) ?? [];
      if (Number(number) === attempt) return { sent: Number(sent), received: Number(received) };
    }
    return undefined;
  }

  async until<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, withinMs = 40_000) {
    for (const start = monotonicMs(); monotonicMs() - start < withinMs; await sleep(50)) {
      const found = await probe();
      if (found) return found;
      if (this.child.exitCode !== null) break;
    }
    throw new Error(`not in time: ${what}\n${await this.told()}`);
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    if (this.child.exitCode === null && this.child.signalCode === null) {
      process.kill(-(this.child.pid as number), 'SIGKILL');
      await ended;
    }
    await removeDir(this.directory);
  }

  private async told(): Promise<string> {
    const read = (name: string) => readFile(join(this.directory, name), 'utf8').catch(() => '');
    const parts = await Promise.all(['uml.log', 'events', 'log/bng-pppd.log', 'log/das.log'].map(read));
    return parts.map((part) => part.slice(-1_500)).join('\n──\n');
  }

  /** Whole or not at all, however the other side looks. */
  private async put(name: string, text: string): Promise<void> {
    await writeFile(join(this.directory, `${name}.new`), text);
    await rename(join(this.directory, `${name}.new`), join(this.directory, name));
  }
}

function ip(...args: string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
}
