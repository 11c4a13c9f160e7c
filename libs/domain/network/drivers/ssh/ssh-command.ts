import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { networkErrors } from '../../network.errors.js';
import type { DeviceRef } from '../device-driver.port.js';

const CONNECT_MS = 8_000;
/** More than any answer of ours; a device that sends more is cut off. */
const OUTPUT_LIMIT = 1024 * 1024;

export interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

/**
 * Runs one command on a device over SSH, its input over stdin, on a connection of its own.
 * `settings.ssh`: `port`, `user`, and `host_key`, the SHA-256 fingerprint (hex) without which nothing is sent.
 * Credentials: `ssh_private_key` or `ssh_password`.
 * @throws `network.device.silent`, `….login_refused`, `….garbled`, `….misconfigured`
 */
export async function runOverSsh(
  device: DeviceRef,
  command: string,
  input: string,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { port = 22, user = 'isp', host_key: hostKey } = (device.settings['ssh'] ?? {}) as Record<string, unknown>;
  const { ssh_private_key: privateKey, ssh_password: password } = device.secrets ?? {};
  if (!device.address) throw networkErrors('network.device.misconfigured', { reason: 'it has no management address' });
  if (typeof hostKey !== 'string' || !/^[0-9a-f]{64}$/.test(hostKey))
    throw networkErrors('network.device.misconfigured', { reason: 'its host key is not known' });
  if (!privateKey && !password)
    throw networkErrors('network.device.misconfigured', { reason: 'it has no SSH credentials' });
  // Loaded by whoever has such a device.
  const { Client } = await import('ssh2');
  const client = new Client();
  const options = {
    host: device.address,
    port: Number(port),
    username: typeof user === 'string' ? user : 'isp',
    ...(privateKey ? { privateKey } : { password: password as string }),
    readyTimeout: CONNECT_MS,
    hostVerifier: (key: Buffer) =>
      timingSafeEqual(createHash('sha256').update(key).digest(), Buffer.from(hostKey, 'hex')),
  };
  let onAbort = (): void => undefined;
  return new Promise<CommandResult>((resolve, reject) => {
    onAbort = () => reject(networkErrors('network.device.silent'));
    signal.addEventListener('abort', onAbort, { once: true });
    client
      .on('ready', () =>
        client.exec(command, (error, channel) =>
          error ? reject(refusalOf(error)) : collect(channel, input, resolve, reject),
        ),
      )
      .on('error', (error) => reject(refusalOf(error)))
      .on('close', () => reject(networkErrors('network.device.silent')));
    if (signal.aborted) onAbort();
    else client.connect(options);
  }).finally(() => {
    signal.removeEventListener('abort', onAbort);
    client.destroy();
  });
}

function collect(
  channel: ClientChannel,
  input: string,
  resolve: (result: CommandResult) => void,
  reject: (error: Error) => void,
): void {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > OUTPUT_LIMIT) reject(networkErrors('network.device.garbled'));
    else chunks.push(chunk);
  };
  channel.on('data', keep(out));
  channel.stderr.on('data', keep(err));
  channel.on('error', () => reject(networkErrors('network.device.garbled')));
  let code = -1;
  channel.on('exit', (status: number | null) => (code = status ?? -1));
  channel.on('close', () =>
    resolve({ code, output: Buffer.concat(out).toString('utf8'), complaint: Buffer.concat(err).toString('utf8') }),
  );
  channel.end(input);
}

function refusalOf(error: Error & { level?: string }): Error {
  const cause = { cause: error };
  const refused = error.level === 'client-authentication' || /verification|host key|denied/i.test(error.message);
  return networkErrors(refused ? 'network.device.login_refused' : 'network.device.silent', {}, cause);
}
