import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import snmp from 'net-snmp';
import { networkErrors } from '../../network.errors.js';
import type { DeviceRef } from '../device-driver.port.js';
import type { SnmpAnswer } from './oid-map.js';

/** One second, and two more tries. */
const TIMEOUT_MS = 1_000;
const RETRIES = 2;
/** Sockets that are kept; the one not used for longest goes first. */
const MAX_SESSIONS = 1_024;
/** Values in one question: their answer fits one packet. */
const PER_REQUEST = 20;
/** The longest answer that is kept of one value. */
const OCTETS_LIMIT = 1_024;

const AUTH = {
  md5: 'md5',
  sha: 'sha',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
} as const;
const PRIV = { des: 'des', aes: 'aes', aes256: 'aes256b' } as const;

interface SnmpSettings {
  readonly version: '2c' | '3';
  readonly port: number;
  readonly user: string;
  readonly auth: keyof typeof AUTH;
  readonly priv: keyof typeof PRIV;
}

interface Pooled {
  readonly session: snmp.Session;
  /** Changes when the device's address or credentials do. */
  readonly identity: string;
}

/** One UDP socket for each device that is asked, kept from question to question. */
@Injectable()
export class SnmpSessions implements OnApplicationShutdown {
  private readonly sessions = new Map<number, Pooled>();

  /** Asks for values by OID; a value that the device does not have is null. Answers in the order of the question. */
  async get(device: DeviceRef, oids: readonly string[], signal: AbortSignal): Promise<SnmpAnswer[]> {
    const session = this.sessionOf(device);
    const answers: SnmpAnswer[] = [];
    for (let at = 0; at < oids.length; at += PER_REQUEST) {
      signal.throwIfAborted();
      answers.push(...(await ask(session, oids.slice(at, at + PER_REQUEST), signal)));
    }
    return answers;
  }

  onApplicationShutdown(): void {
    for (const { session } of this.sessions.values()) session.close();
    this.sessions.clear();
  }

  private sessionOf(device: DeviceRef): snmp.Session {
    const settings = settingsOf(device);
    const identity = JSON.stringify([device.address, settings, device.secrets]);
    const known = this.sessions.get(device.id);
    this.sessions.delete(device.id);
    if (known && known.identity !== identity) known.session.close();
    const pooled = known?.identity === identity ? known : { identity, session: open(device, settings) };
    this.sessions.set(device.id, pooled);
    this.dropOldest();
    return pooled.session;
  }

  private dropOldest(): void {
    const [oldest] = this.sessions;
    if (this.sessions.size <= MAX_SESSIONS || !oldest) return;
    oldest[1].session.close();
    this.sessions.delete(oldest[0]);
  }
}

function settingsOf(device: DeviceRef): SnmpSettings {
  const given = (device.settings['snmp'] ?? {}) as Partial<SnmpSettings>;
  return { version: '2c', port: 161, user: '', auth: 'sha256', priv: 'aes', ...given };
}

function open(device: DeviceRef, settings: SnmpSettings): snmp.Session {
  const address = device.address;
  if (!address) throw misconfigured('it has no management address');
  const transport: 'udp4' | 'udp6' = address.includes(':') ? 'udp6' : 'udp4';
  const options = { port: settings.port, timeout: TIMEOUT_MS, retries: RETRIES, transport, idBitsSize: 32 };
  const session =
    settings.version === '3'
      ? snmp.createV3Session(address, userOf(device, settings), { ...options, version: snmp.Version3 })
      : snmp.createSession(address, secret(device, 'snmp_community'), { ...options, version: snmp.Version2c });
  // What cannot be read is dropped; the question behind it runs into its time limit.
  session.on('error', () => undefined);
  return session;
}

/** Version 3 is spoken with authentication and privacy (RFC 3414), or not at all. */
function userOf(device: DeviceRef, { user, auth, priv }: SnmpSettings): snmp.User {
  if (!user || !(auth in AUTH) || !(priv in PRIV)) throw misconfigured('its SNMPv3 user is not complete');
  return {
    name: user,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols[AUTH[auth]],
    authKey: secret(device, 'snmp_auth_key'),
    privProtocol: snmp.PrivProtocols[PRIV[priv]],
    privKey: secret(device, 'snmp_priv_key'),
  };
}

function secret(device: DeviceRef, name: string): string {
  const value = device.secrets?.[name];
  if (!value) throw misconfigured(`it has no ${name}`);
  return value;
}

function misconfigured(reason: string): Error {
  return networkErrors('network.device.misconfigured', { reason });
}

function ask(session: snmp.Session, oids: readonly string[], signal: AbortSignal): Promise<SnmpAnswer[]> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    session.get([...oids], (error, varbinds) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(refusalOf(error));
      else if (varbinds?.length !== oids.length) reject(networkErrors('network.device.garbled'));
      else resolve(varbinds.map((varbind, index) => (varbind.oid === oids[index] ? answerOf(varbind) : null)));
    });
  });
}

function refusalOf(error: Error): Error {
  const cause = { cause: error };
  if (error.name === 'RequestTimedOutError') return networkErrors('network.device.silent', {}, cause);
  if (/digest|user ?name|security|community|time window|decrypt/i.test(error.message))
    return networkErrors('network.device.login_refused', {}, cause);
  if (error.name === 'ResponseInvalidError') return networkErrors('network.device.garbled', {}, cause);
  if (error.name === 'RequestFailedError') return networkErrors('network.device.refused', {}, cause);
  return networkErrors('network.device.silent', {}, cause);
}

function answerOf(varbind: snmp.Varbind): SnmpAnswer {
  if (snmp.isVarbindError(varbind)) return null;
  const { value, type } = varbind as { value: unknown; type: snmp.ObjectType };
  if (type === snmp.ObjectType.Counter64) {
    const hex = Buffer.isBuffer(value) ? value.subarray(0, 9).toString('hex') : '';
    return hex ? BigInt(`0x${hex}`).toString() : '0';
  }
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.slice(0, OCTETS_LIMIT);
  return Buffer.isBuffer(value) ? words(value.subarray(0, OCTETS_LIMIT)) : null;
}

/** Octets as people read them: text where it is text, else as hardware addresses are written. */
function words(octets: Buffer): string {
  const text = octets.toString('utf8').replace(/\0+$/, '');
  return /^[\P{C}\s]*$/u.test(text) && !text.includes('\ufffd')
    ? text
    : (octets.toString('hex').match(/../g) ?? []).join(':');
}
