import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceRef } from '@isp/domain/network';

const NEEDED = ['sshd', 'nft', 'tc', 'ip', 'ssh-keygen', 'ping'];

/** Root, network namespaces and Debian's programs; what of them this machine lacks. */
export function missingForRouter(): string[] {
  const missing = NEEDED.filter((name) => spawnSync('which', [name]).status !== 0);
  if (process.getuid?.() !== 0) missing.push('root');
  const probe = `isp-probe-${process.pid}`;
  if (missing.length === 0 && ip('netns', 'add', probe) !== 0) missing.push('network namespaces');
  if (missing.length === 0) ip('netns', 'del', probe);
  return missing;
}

/**
 * A router in a namespace of its own: sshd, a subscriber behind `sub0` (100.64.0.5, 2001:db8:1:5::5) and somebody of the
 * network behind `net0`.
 */
export class LinuxRouter {
  private constructor(
    private readonly space: string,
    private readonly directory: string,
    private readonly daemon: ChildProcess,
    readonly device: DeviceRef,
  ) {}

  static start(): LinuxRouter {
    const space = `isp-ssh-${process.pid}`;
    const directory = mkdtempSync(join(tmpdir(), 'isp-sshd-'));
    for (const name of [space, `${space}-sub`, `${space}-net`]) execFileSync('ip', ['netns', 'add', name]);
    const within = (name: string, ...command: string[]) => execFileSync('ip', ['netns', 'exec', name, ...command]);
    connect(within, space, 'sub', ['100.64.0.1/24', '2001:db8:1:5::1/64'], ['100.64.0.5/24', '2001:db8:1:5::5/64']);
    connect(
      within,
      space,
      'net',
      ['198.51.100.1/24', '2001:db8:ffff::1/64'],
      ['198.51.100.2/24', '2001:db8:ffff::2/64'],
    );
    within(space, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding');
    // The namespace's own loopback is out of this process's reach, so a pair of interfaces leads into it.
    const outer = `ispo${process.pid}`;
    const net = process.pid % 250;
    execFileSync('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', 'mgmt0', 'netns', space]);
    execFileSync('ip', ['addr', 'add', `198.19.${net}.1/30`, 'dev', outer]);
    execFileSync('ip', ['link', 'set', outer, 'up']);
    within(space, 'ip', 'addr', 'add', `198.19.${net}.2/30`, 'dev', 'mgmt0');
    within(space, 'ip', 'link', 'set', 'mgmt0', 'up');
    const { daemon, device } = serve(space, directory, `198.19.${net}.2`);
    return new LinuxRouter(space, directory, daemon, device);
  }

  /** What a command on the router prints. */
  inside(...command: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.space, ...command], { encoding: 'utf8' });
  }

  /** Whether somebody of the network hears an address. */
  ping(target: string): boolean {
    return ip('netns', 'exec', `${this.space}-net`, 'ping', '-q', '-c', '3', '-i', '0.1', '-W', '1', target) === 0;
  }

  stop(): void {
    this.daemon.kill();
    for (const name of ['', '-sub', '-net']) ip('netns', 'del', `${this.space}${name}`);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

type Within = (name: string, ...command: string[]) => unknown;

/** `sub0` of the router, say, with its addresses, and the namespace of its other end, which routes to it. */
function connect(
  within: Within,
  space: string,
  name: string,
  inner: readonly string[],
  outer: readonly string[],
): void {
  const other = `${space}-${name}`;
  within(space, 'ip', 'link', 'add', `${name}0`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other);
  const set = (where: string, nic: string, addresses: readonly string[]) => {
    for (const address of addresses)
      within(where, 'ip', 'addr', 'add', address, 'dev', nic, ...(address.includes(':') ? ['nodad'] : []));
    for (const link of ['lo', nic]) within(where, 'ip', 'link', 'set', link, 'up');
  };
  set(space, `${name}0`, inner);
  set(other, 'eth0', outer);
  for (const gateway of inner) within(other, 'ip', 'route', 'add', 'default', 'via', gateway.split('/')[0] ?? '');
}

function serve(space: string, directory: string, address: string): { daemon: ChildProcess; device: DeviceRef } {
  for (const key of ['host', 'user'])
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, key)]);
  mkdirSync('/run/sshd', { recursive: true });
  const port = 20_000 + (process.pid % 20_000);
  const keys = [`HostKey=${directory}/host`, `AuthorizedKeysFile=${directory}/user.pub`];
  const options = [`Port=${port}`, ...keys, 'StrictModes=no', 'PidFile=none', 'UsePAM=no'].flatMap((one) => [
    '-o',
    one,
  ]);
  const args = ['netns', 'exec', space, '/usr/sbin/sshd', '-D', '-e', '-f', '/dev/null', ...options];
  const daemon = spawn('ip', args, { stdio: 'ignore' });
  const host = Buffer.from(readFileSync(join(directory, 'host.pub'), 'utf8').split(' ')[1] ?? '', 'base64');
  const hostKey = createHash('sha256').update(host).digest('hex');
  const settings = { ssh: { port, user: 'root', host_key: hostKey }, linux: { down: 'sub0', up: 'net0' } };
  const secrets = { ssh_private_key: readFileSync(join(directory, 'user'), 'utf8') };
  return { daemon, device: { id: 1, name: 'bng', address, settings, secrets } };
}

function ip(...args: string[]): number | null {
  return spawnSync('ip', args, { stdio: 'ignore' }).status;
}
