import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@isp/kernel';
import {
  ACCT_STATUS,
  type Attribute,
  ERROR_CAUSE,
  RADIUS_CODE,
  RadiusClientPool,
  RadiusListener,
} from '@isp/platform/radius';
import { type RadiusPacket, type RadiusReply, type Secret, TERMINATE_CAUSE } from '@isp/platform/radius';
import { chapPassword, eventTimestamp, isFresh, textOf } from '@isp/platform/radius';
import { AccountingSender, BOOT } from './accounting-sender.js';
import { chanceOf } from './chance.js';
import { NasFaults, type NasFaultPlan } from './nas-faults.js';
import { NasSession } from './nas-session.js';
import { acknowledgement, changeSession, refusal, sessionFor } from './session-orders.js';

export interface SimulatedNasOptions {
  /** NAS-Identifier. */
  readonly identifier: string;
  /** NAS-IP-Address, and where its packets come from and its orders go to. */
  readonly address: string;
  readonly secret: Secret;
  readonly server: { readonly host: string; readonly authenticationPort: number; readonly accountingPort: number };
  /** RFC 5176; 0 for any free port. */
  readonly coaPort: number;
  readonly clock: Clock;
  /** The same seed leads the same life. */
  readonly seed: number;
  readonly timing?: Partial<NasTiming>;
}

export interface NasTiming {
  /** How often sessions move octets and report, ms. */
  readonly tickMs: number;
  readonly slowMs: number;
  readonly flapSeconds: number;
  readonly accountingRetryMs: number;
  /** Waits after each try of an Access- or Accounting-Request, ms. */
  readonly waitsMs: readonly number[];
}

const TIMING: NasTiming = {
  tickMs: 1_000,
  slowMs: 3_000,
  flapSeconds: 10,
  accountingRetryMs: 5_000,
  waitsMs: [1_000, 2_000, 4_000],
};
/** hostapd's default for the age of an Event-Timestamp. */
const TIMESTAMP_TOLERANCE_SECONDS = 300;

export interface DialIn {
  readonly username: string;
  readonly password: string;
  readonly method: 'pap' | 'chap';
}

export type DialAnswer =
  | { readonly outcome: 'accepted'; readonly session: NasSession }
  | { readonly outcome: 'rejected'; readonly message: string | undefined }
  | { readonly outcome: 'silent' };

type TerminateCause = (typeof TERMINATE_CAUSE)[keyof typeof TERMINATE_CAUSE];

/**
 * A NAS without subscribers' lines: it speaks RADIUS over UDP with whichever server it is given, keeps sessions that
 * move octets, reports them, and obeys Disconnect- and CoA-Requests as strictly as hostapd does (a wrong secret, no
 * Message-Authenticator or a stale Event-Timestamp is not answered). Goes wrong by name on demand.
 */
export class SimulatedNas {
  private readonly live = new Map<string, NasSession>();
  private readonly faults: NasFaults;
  private readonly timing: NasTiming;
  private readonly clients: RadiusClientPool;
  private accounting: AccountingSender;
  private listener: RadiusListener | undefined;
  private timer: NodeJS.Timeout | undefined;
  private held: (() => void) | undefined;
  private boot = '';
  private sessionsEver = 0;
  private restarting = false;

  private constructor(private readonly options: SimulatedNasOptions) {
    this.timing = { ...TIMING, ...options.timing };
    this.faults = new NasFaults(options.seed);
    this.clients = new RadiusClientPool({ waitsMs: this.timing.waitsMs });
    this.accounting = this.newAccounting();
  }

  static async start(options: SimulatedNasOptions): Promise<SimulatedNas> {
    const nas = new SimulatedNas(options);
    nas.listener = await RadiusListener.open({
      host: options.address,
      port: options.coaPort,
      requireMessageAuthenticator: true,
      secretFor: () =>
        nas.faults.strikes('wrong_secret') ? Buffer.from(`not ${String(options.secret)}`) : options.secret,
      handle: (packet) => nas.obey(packet),
      send: (deliver) => nas.deliver(deliver),
    });
    nas.bootUp();
    nas.timer = setInterval(() => nas.tick(), nas.timing.tickMs);
    nas.timer.unref();
    return nas;
  }

  get coaPort(): number {
    return this.listener?.port ?? 0;
  }

  get identifier(): string {
    return this.options.identifier;
  }

  /** Whether packets reach it and leave it; false while it flaps down or restarts. */
  get isReachable(): boolean {
    if (this.restarting) return false;
    const turn = Math.floor(this.options.clock.now().getTime() / (this.timing.flapSeconds * 1000));
    return turn % 2 === 0 || !this.faults.strikes('flapping');
  }

  sessions(): readonly NasSession[] {
    return [...this.live.values()];
  }

  /** Datagrams of the order port, and reports that nobody has acknowledged. */
  get counts() {
    const { pending, lost } = this.accounting;
    return { ...this.listener?.counts, accountingPending: pending, accountingLost: lost };
  }

  setFaults(plans: readonly NasFaultPlan[]): void {
    this.faults.set(plans);
  }

  /** Asks the server whether the subscriber may come in and opens a session if so. */
  async dialIn({ username, password, method }: DialIn): Promise<DialAnswer> {
    if (!this.isReachable) return { outcome: 'silent' };
    const { server, address, secret, clock, seed } = this.options;
    const boot = this.boot;
    this.sessionsEver += 1;
    const port = this.sessionsEver;
    const id = `${boot}${port.toString(16).padStart(8, '0')}`;
    const callingStation = macOf(username, seed);
    const attributes: Attribute[] = [
      ['User-Name', username],
      ...credentials(password, method),
      ...this.identity(),
      ['NAS-Port', port],
      ['NAS-Port-Type', 15],
      ['Service-Type', 2],
      ['Framed-Protocol', 1],
      ['Calling-Station-Id', callingStation],
      ['Acct-Session-Id', id],
    ];
    const { AccessRequest: code, AccessAccept, AccessReject } = RADIUS_CODE;
    const peer = { host: server.host, port: server.authenticationPort, localAddress: address };
    const answers = [AccessAccept, AccessReject];
    const reply = await this.clients.request(peer, { code, attributes, secret, answers }).catch(() => undefined);
    // An Access-Accept that arrives after a restart belongs to nobody.
    if (!reply || boot !== this.boot) return { outcome: 'silent' };
    if (reply.code === AccessReject) return { outcome: 'rejected', message: textOf(reply, 'Reply-Message') };
    const session = new NasSession({ id, username, port, callingStation, seed, at: clock.now(), accept: reply });
    this.live.set(id, session);
    this.report(session, ACCT_STATUS.Start);
    return { outcome: 'accepted', session };
  }

  /** The subscriber's own line goes down. */
  hangUp(session: NasSession, cause: TerminateCause = TERMINATE_CAUSE.UserRequest): void {
    if (!this.live.delete(session.id)) return;
    session.count(this.options.clock.now());
    this.report(session, ACCT_STATUS.Stop, [['Acct-Terminate-Cause', cause]]);
  }

  /** Moves octets, sends the updates that are due and ends what is over. Called by its own timer. */
  tick(): void {
    const now = this.options.clock.now();
    for (const session of this.live.values()) {
      session.count(now);
      if (session.isOver(now)) this.hangUp(session, TERMINATE_CAUSE.SessionTimeout);
      else if (session.reportIsDue(now) && this.isReachable) this.report(session, ACCT_STATUS.InterimUpdate);
    }
  }

  /** Loses every session without a word, is away for a while, and comes back with an Accounting-On. */
  async restart(downMs = 0): Promise<void> {
    this.restarting = true;
    this.boot = '';
    this.live.clear();
    this.accounting.stop();
    this.accounting = this.newAccounting();
    await sleep(downMs);
    this.restarting = false;
    this.bootUp();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.accounting.stop();
    await this.listener?.close();
    await this.clients.close();
  }

  private newAccounting(): AccountingSender {
    const { clock, address, secret, server } = this.options;
    return new AccountingSender({
      clients: this.clients,
      peer: { host: server.host, port: server.accountingPort, localAddress: address },
      secret,
      clock,
      retryMs: this.timing.accountingRetryMs,
      isReachable: () => this.isReachable,
    });
  }

  private bootUp(): void {
    this.boot = randomBytes(4).toString('hex');
    const attributes: Attribute[] = [
      ['Acct-Status-Type', ACCT_STATUS.AccountingOn],
      ['Acct-Session-Id', this.boot],
      ...this.identity(),
      eventTimestamp(this.options.clock.now()),
    ];
    this.accounting.send({ key: BOOT, attributes, mustArrive: true });
  }

  private identity(): Attribute[] {
    return [
      ['NAS-IP-Address', this.options.address],
      ['NAS-Identifier', this.options.identifier],
    ];
  }

  private report(session: NasSession, status: number, more: readonly Attribute[] = []): void {
    const now = this.options.clock.now();
    const attributes: Attribute[] = [
      ['Acct-Status-Type', status],
      ...session.identity(),
      ...this.identity(),
      eventTimestamp(now),
      ...(status === ACCT_STATUS.Start ? [] : session.counters(now)),
      ...more,
    ];
    const interim = status === ACCT_STATUS.InterimUpdate;
    const late = interim && this.faults.strikes('reorder');
    this.accounting.send({
      key: session.id,
      attributes,
      mustArrive: !interim,
      twice: this.faults.strikes('duplicate'),
      late,
    });
  }

  /** Undefined is silence. */
  private async obey(packet: RadiusPacket): Promise<RadiusReply | undefined> {
    const { CoaRequest, DisconnectRequest } = RADIUS_CODE;
    if (packet.code !== CoaRequest && packet.code !== DisconnectRequest) return undefined;
    if (!isFresh(packet, this.options.clock.now(), TIMESTAMP_TOLERANCE_SECONDS)) return undefined;
    if (!this.isReachable || this.faults.strikes('silence')) return undefined;
    if (this.faults.strikes('slow')) await sleep(this.timing.slowMs, undefined, { ref: false });
    if (this.faults.strikes('nak')) return refusal(packet, ERROR_CAUSE.AdministrativelyProhibited);
    const session = sessionFor(packet, this.options, this.live);
    if (typeof session === 'number') return refusal(packet, session);
    if (packet.code === DisconnectRequest) this.hangUp(session, TERMINATE_CAUSE.AdminReset);
    const cause = packet.code === CoaRequest ? this.change(session, packet) : undefined;
    return cause === undefined ? acknowledgement(packet) : refusal(packet, cause);
  }

  private change(session: NasSession, packet: RadiusPacket) {
    session.count(this.options.clock.now());
    return changeSession(session, packet);
  }

  private deliver(deliver: () => void): void {
    if (this.faults.strikes('lost_answer')) return;
    const release = this.held;
    this.held = undefined;
    if (!release && this.faults.strikes('reorder')) {
      this.held = deliver;
      return;
    }
    deliver();
    if (this.faults.strikes('duplicate')) deliver();
    release?.();
  }
}

function credentials(password: string, method: DialIn['method']): Attribute[] {
  if (method === 'pap') return [['User-Password', password]];
  const challenge = randomBytes(16);
  const identifier = challenge[0] ?? 0;
  return [
    ['CHAP-Password', chapPassword(identifier, password, challenge)],
    ['CHAP-Challenge', challenge],
  ];
}

/** A locally administered MAC address that is always the subscriber's. */
function macOf(username: string, seed: number): string {
  const octets = [0x02, ...[1, 2, 3, 4, 5].map((at) => Math.floor(chanceOf(seed, username, 'mac', at) * 256))];
  return octets.map((octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
