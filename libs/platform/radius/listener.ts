import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { distrustRequest, encodeReply, type Secret, type Strictness } from './authenticator.js';
import { type Attribute, parsePacket, type RadiusPacket } from './packet.js';

export interface RadiusReply {
  readonly code: number;
  readonly attributes?: readonly Attribute[];
  readonly messageAuthenticator?: boolean;
}

export interface RadiusListenerOptions extends Strictness {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Of the client at that address; undefined for a stranger, who hears nothing. */
  secretFor(address: string): Secret | undefined | Promise<Secret | undefined>;
  /** Undefined, or a rejection, is silence: the client tries again or somewhere else. */
  handle(
    request: RadiusPacket,
    client: { readonly address: string; readonly secret: Secret },
  ): Promise<RadiusReply | undefined>;
  /** What happens to the octets of a reply on their way; sent at once when not given. */
  send?(deliver: () => void, client: { readonly address: string }): void;
}

/** What became of the datagrams. */
export interface ListenerCounts {
  received: number;
  /** Malformed, of a stranger, wrongly signed, or beyond what is handled at once. */
  dropped: number;
  /** Retransmissions, answered with the same octets or still being handled. */
  repeated: number;
  answered: number;
}

const AT_ONCE = 1_000;
const REMEMBERED = 5_000;

/**
 * Answers RADIUS requests on one UDP port. A retransmission (RFC 5080 2.2.2: same source, identifier and
 * authenticator) is answered from memory, so nothing is done twice. Never says anything to whoever has no secret.
 */
export class RadiusListener {
  readonly counts: ListenerCounts = { received: 0, dropped: 0, repeated: 0, answered: 0 };
  /** By source, identifier and authenticator, oldest first; undefined while one is being handled. */
  private readonly answers = new Map<string, Buffer | undefined>();
  private active = 0;
  private closed = false;

  private constructor(
    private readonly socket: Socket,
    private readonly options: RadiusListenerOptions,
  ) {
    socket.on('message', (datagram, from) => void this.receive(datagram, from));
    socket.on('error', () => undefined);
  }

  static async open(options: RadiusListenerOptions): Promise<RadiusListener> {
    const socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4');
    socket.bind(options.port, options.host);
    await once(socket, 'listening');
    return new RadiusListener(socket, options);
  }

  get port(): number {
    return this.socket.address().port;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.socket.close();
    await once(this.socket, 'close');
  }

  private async receive(datagram: Buffer, from: RemoteInfo): Promise<void> {
    this.counts.received += 1;
    if (this.active >= AT_ONCE) {
      this.counts.dropped += 1;
      return;
    }
    this.active += 1;
    try {
      await this.serve(parsePacket(datagram), from);
    } catch {
      this.counts.dropped += 1;
    } finally {
      this.active -= 1;
    }
  }

  private async serve(packet: RadiusPacket, from: RemoteInfo): Promise<void> {
    const secret = await this.options.secretFor(from.address);
    if (secret === undefined || distrustRequest(packet, secret, this.options)) {
      this.counts.dropped += 1;
      return;
    }
    const key = `${from.address} ${from.port} ${packet.identifier} ${packet.authenticator.toString('latin1')}`;
    if (this.answers.has(key)) {
      this.counts.repeated += 1;
      this.deliver(this.answers.get(key), from);
      return;
    }
    this.remember(key, undefined);
    let octets: Buffer | undefined;
    try {
      const reply = await this.options.handle(packet, { address: from.address, secret });
      octets = reply && encodeReply({ ...reply, secret, request: packet });
    } finally {
      // What was not answered may be asked again.
      if (octets) this.answers.set(key, octets);
      else this.answers.delete(key);
    }
    this.deliver(octets, from);
  }

  private remember(key: string, octets: Buffer | undefined): void {
    this.answers.set(key, octets);
    const oldest = this.answers.size > REMEMBERED ? this.answers.keys().next().value : undefined;
    if (oldest !== undefined) this.answers.delete(oldest);
  }

  private deliver(octets: Buffer | undefined, { port, address }: RemoteInfo): void {
    if (!octets) return;
    const deliver = (): void => {
      if (this.closed) return;
      this.counts.answered += 1;
      this.socket.send(octets, port, address, () => undefined);
    };
    if (this.options.send) this.options.send(deliver, { address });
    else deliver();
  }
}
