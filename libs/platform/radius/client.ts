import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { distrustReply, encodeRequest, type Secret } from './authenticator.js';
import { type Attribute, parsePacket, type RadiusPacket } from './packet.js';
import { radiusErrors } from './radius.errors.js';

export interface RadiusPeer {
  /** An IP address: names are resolved by whoever configures one. */
  readonly host: string;
  readonly port: number;
  /** The local address that the peer knows us by. */
  readonly localAddress?: string;
}

export interface RadiusClientOptions {
  /** Milliseconds to wait after each try; as many tries as numbers. */
  readonly waitsMs?: readonly number[];
}

export interface RadiusRequest {
  readonly code: number;
  readonly attributes: readonly Attribute[];
  readonly secret: Secret;
  /** Packet types that answer the request. */
  readonly answers: readonly number[];
  readonly signal?: AbortSignal;
  readonly requireMessageAuthenticator?: boolean;
  /** False for Accounting-Requests, where RFC 2869 5.19 has none. */
  readonly messageAuthenticator?: boolean;
}

/** 1-2-4 seconds: seven in all, so that a caller with 15 s of patience hears of the silence. */
const WAITS_MS: readonly number[] = [1_000, 2_000, 4_000];
const IDENTIFIERS = 256;
const WAITING = 10_000;

interface InFlight {
  readonly octets: Buffer;
  readonly request: RadiusRequest;
  settle(reply: RadiusPacket | Error): void;
}

/**
 * Sends requests to one peer over one socket: at most 256 in flight, since the identifier has eight bits; others wait.
 * A retransmission is the same octets, so a peer can tell it from a new request (RFC 5080 2.2.1). What does not prove
 * to be the answer of a holder of the secret is counted and ignored.
 */
export class RadiusClient {
  private readonly inFlight = new Map<number, InFlight>();
  private readonly waiting: (() => void)[] = [];
  private next = randomBytes(1)[0] ?? 0;
  /** Turns given to requests that are not in flight yet. */
  private granted = 0;
  private closed = false;
  /** Datagrams that answered nothing: malformed, late, of a stranger, or signed with another secret. */
  ignored = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly waitsMs: readonly number[],
  ) {
    socket.on('message', (datagram) => this.receive(datagram));
    // A closed port shows as an error of the socket; the peer may be restarting, so it counts as silence.
    socket.on('error', () => undefined);
    socket.unref();
  }

  static async open(peer: RadiusPeer, { waitsMs = WAITS_MS }: RadiusClientOptions = {}): Promise<RadiusClient> {
    const socket = createSocket(isIPv6(peer.host) ? 'udp6' : 'udp4');
    try {
      if (peer.localAddress !== undefined) {
        socket.bind(0, peer.localAddress);
        await once(socket, 'listening');
      }
      // Connected, so that the kernel drops what other addresses send.
      socket.connect(peer.port, peer.host);
      await once(socket, 'connect');
    } catch (error) {
      socket.close();
      throw error;
    }
    return new RadiusClient(socket, waitsMs);
  }

  /** Requests in flight or waiting for an identifier. */
  get pending(): number {
    return this.inFlight.size + this.waiting.length;
  }

  /**
   * The verified answer.
   * @throws `radius.peer.silent` after the last wait, `radius.peer.busy`, `radius.client.closed`, the signal's reason
   */
  async request(request: RadiusRequest): Promise<RadiusPacket> {
    request.signal?.throwIfAborted();
    await this.turn(request.signal);
    let start: { identifier: number; octets: Buffer };
    try {
      request.signal?.throwIfAborted();
      if (this.closed) throw radiusErrors('radius.client.closed');
      const identifier = this.takeIdentifier();
      start = { identifier, octets: encodeRequest({ ...request, identifier }) };
    } catch (error) {
      this.passTurn();
      throw error;
    }
    return new Promise((resolve, reject) => this.dispatch({ ...start, request, resolve, reject }));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const flight of [...this.inFlight.values()]) flight.settle(radiusErrors('radius.client.closed'));
    for (const go of this.waiting.splice(0)) go();
    this.socket.close();
  }

  /** Resolves when one of the 256 turns is ours: it counts as taken until `dispatch` or `passTurn`. */
  private turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.inFlight.size + this.granted < IDENTIFIERS) {
      this.granted += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= WAITING) return Promise.reject(radiusErrors('radius.peer.busy'));
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(signal?.reason as Error);
      };
      const go = (): void => {
        signal?.removeEventListener('abort', abort);
        this.granted += 1;
        resolve();
      };
      this.waiting.push(go);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  private passTurn(): void {
    this.granted -= 1;
    this.waiting.shift()?.();
  }

  /** In a circle, so that a late answer rarely meets a new request of its number. */
  private takeIdentifier(): number {
    do this.next = (this.next + 1) % IDENTIFIERS;
    while (this.inFlight.has(this.next));
    return this.next;
  }

  private dispatch(start: {
    readonly identifier: number;
    readonly octets: Buffer;
    readonly request: RadiusRequest;
    resolve(reply: RadiusPacket): void;
    reject(error: Error): void;
  }): void {
    const { identifier, octets, request } = start;
    let tries = 0;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => settle(request.signal?.reason as Error);
    const settle = (reply: RadiusPacket | Error): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
      this.inFlight.delete(identifier);
      this.waiting.shift()?.();
      if (reply instanceof Error) start.reject(reply);
      else start.resolve(reply);
    };
    const send = (): void => {
      const wait = this.waitsMs[tries];
      if (wait === undefined) return settle(radiusErrors('radius.peer.silent'));
      tries += 1;
      this.socket.send(octets, () => undefined);
      timer = setTimeout(send, wait);
    };
    this.granted -= 1;
    this.inFlight.set(identifier, { octets, request, settle });
    request.signal?.addEventListener('abort', abort, { once: true });
    send();
  }

  private receive(datagram: Buffer): void {
    const flight = datagram.length < 20 ? undefined : this.inFlight.get(datagram[1] ?? 0);
    const reply = flight && answerTo(flight, datagram);
    if (reply) flight.settle(reply);
    else this.ignored += 1;
  }
}

function answerTo({ octets, request }: InFlight, datagram: Buffer): RadiusPacket | undefined {
  try {
    const packet = parsePacket(datagram);
    if (!request.answers.includes(packet.code)) return undefined;
    return distrustReply(packet, request.secret, octets.subarray(4, 20), request) ? undefined : packet;
  } catch {
    return undefined;
  }
}
