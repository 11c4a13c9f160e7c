import type { DeviceRef, RadiusBackend, RadiusItem, ReceivedPacket, SessionRef } from '@isp/domain/network';
import { type LoginOutcome, type NasSession, RadiusResponder, SimulatedNas } from '@isp/domain/network';
import { systemClock } from '@isp/kernel';
import { numberValueOf, textOf } from '@isp/platform/radius';

export const NAS_SECRET = 'nas secret 1';

export interface Subscriber {
  password: string;
  access: 'open' | 'walled_garden' | 'closed';
  rate: string;
}

/** Subscribers, logins and accounting in memory: for tests of what speaks RADIUS with it. */
export class MemoryBackend implements RadiusBackend {
  readonly subscribers = new Map<string, Subscriber>();
  readonly packets: ReceivedPacket[] = [];
  readonly logins: LoginOutcome[] = [];
  isDown = false;

  add(username: string, subscriber: Partial<Subscriber> = {}): void {
    this.subscribers.set(username, { password: `pw of ${username}`, access: 'open', rate: '10M/100M', ...subscriber });
  }

  clientSecret(address: string): Promise<string | undefined> {
    return Promise.resolve(address.startsWith('127.') ? NAS_SECRET : undefined);
  }

  check(username: string): Promise<readonly RadiusItem[]> {
    if (this.isDown) return Promise.reject(new Error('the database is away'));
    const known = this.subscribers.get(username);
    if (!known) return Promise.resolve([]);
    const auth = known.access === 'closed' ? ['Auth-Type', 'Reject'] : ['Cleartext-Password', known.password];
    return Promise.resolve(items([auth, ['Simultaneous-Use', '1']]));
  }

  reply(username: string): Promise<readonly RadiusItem[]> {
    const known = this.subscribers.get(username);
    const at = [...this.subscribers.keys()].indexOf(username);
    return Promise.resolve(
      items([
        ['Class', `0x${Buffer.from(`svc:${at}`).toString('hex')}`],
        ['Acct-Interim-Interval', '60'],
        ['Mikrotik-Rate-Limit', known?.rate ?? ''],
        ...(known?.access === 'open'
          ? [
              ['Framed-IP-Address', `100.64.0.${at + 1}`],
              ['Delegated-IPv6-Prefix', `2001:db8:${at}::/56`],
            ]
          : [
              ['Mikrotik-Address-List', 'walled-garden'],
              ['Framed-Pool', 'walled-garden'],
            ]),
      ]),
    );
  }

  liveSessions(username: string, station: string): Promise<number> {
    const open = new Set<string>();
    for (const { packet } of this.packets) {
      const [id = '', status] = [textOf(packet, 'Acct-Session-Id'), numberValueOf(packet, 'Acct-Status-Type')];
      if (status === 7) open.clear();
      if (textOf(packet, 'User-Name') !== username || textOf(packet, 'Calling-Station-Id') === station) continue;
      if (status === 1) open.add(id);
      if (status === 2) open.delete(id);
    }
    return Promise.resolve(open.size);
  }

  accounting(received: ReceivedPacket): Promise<void> {
    if (this.isDown) return Promise.reject(new Error('the database is away'));
    this.packets.push(received);
    return Promise.resolve();
  }

  postAuth(outcome: LoginOutcome): Promise<void> {
    this.logins.push(outcome);
    return Promise.resolve();
  }

  /** The packets of one kind (Acct-Status-Type) of one subscriber. */
  of(username: string, status: number) {
    return this.packets
      .map(({ packet }) => packet)
      .filter((packet) => textOf(packet, 'User-Name') === username)
      .filter((packet) => numberValueOf(packet, 'Acct-Status-Type') === status);
  }
}

const items = (pairs: readonly (readonly string[])[]): RadiusItem[] =>
  pairs.map(([attribute = '', value = '']) => ({ attribute, value, op: ':=' }));

export class TravellingClock {
  private aheadMs = 0;
  now(): Date {
    return new Date(systemClock.now().getTime() + this.aheadMs);
  }
  travel(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }
}

export interface SimulatedWorld {
  readonly backend: MemoryBackend;
  readonly responder: RadiusResponder;
  readonly nas: SimulatedNas;
  readonly clock: TravellingClock;
  close(): Promise<void>;
}

/** A simulated NAS on the loopback whose server is the embedded responder. */
export async function simulatedWorld(seed = 1): Promise<SimulatedWorld> {
  const backend = new MemoryBackend();
  const clock = new TravellingClock();
  const ports = { host: '127.0.0.1', authenticationPort: 0, accountingPort: 0 };
  const responder = await RadiusResponder.start({ ...ports, backend, clock });
  const nas = await SimulatedNas.start({
    identifier: 'bng-1',
    address: '127.0.0.1',
    secret: NAS_SECRET,
    server: {
      host: '127.0.0.1',
      authenticationPort: responder.authenticationPort,
      accountingPort: responder.accountingPort,
    },
    coaPort: 0,
    clock,
    seed,
    timing: { tickMs: 3_600_000, slowMs: 300, accountingRetryMs: 50, waitsMs: [100, 200] },
  });
  const close = async (): Promise<void> => {
    await nas.stop();
    await responder.stop();
  };
  return { backend, responder, nas, clock, close };
}

export const deviceOf = (
  nas: SimulatedNas,
  settings: Record<string, unknown> = {},
  secret = NAS_SECRET,
): DeviceRef => ({
  id: 1,
  name: nas.identifier,
  settings: { coa_port: nas.coaPort, ...settings },
  nasAddress: '127.0.0.1',
  secrets: { radius: secret },
});

export const refOf = (session: NasSession): SessionRef => ({
  username: session.username,
  sessionId: session.id,
  framedAddress: session.framedAddress ?? null,
  nasAddress: '127.0.0.1',
  nasIdentifier: 'bng-1',
});
