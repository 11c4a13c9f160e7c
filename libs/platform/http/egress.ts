import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { monotonicMs } from '@isp/kernel';
import type { DomainError } from '@isp/kernel';
import { bareHost, checkDestination, resolveDestination } from './destination.js';
import type { EgressPolicy, ResolvedAddress, Resolver } from './destination.js';
import { egressErrors } from './egress.errors.js';

export interface GuardedRequest {
  readonly url: string;
  readonly method: string;
  /** Content-Length, Host and connection headers are set here and ignored in this record. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly policy: EgressPolicy;
  /** From the look-up's end to the end of the TLS handshake. */
  readonly connectTimeoutMs: number;
  /** For everything: look-up, connection, and the whole reply. */
  readonly totalTimeoutMs: number;
  /** How much of the reply's body is read; then the connection is closed. */
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal;
  /** Name servers by default. */
  readonly resolve?: Resolver;
  /** PEM certificates that are trusted instead of the system's. */
  readonly ca?: string;
}

export interface GuardedReply {
  readonly status: number;
  /** Only headers that matter to a sender, lower-case, each cut at 1,000 characters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body as text; what cannot be stored as text is replaced. */
  readonly bodyExcerpt: string;
  readonly bodyTruncated: boolean;
  readonly durationMs: number;
  /** The address that was connected to. */
  readonly address: string;
}

const REPLY_HEADERS = ['content-type', 'content-length', 'retry-after', 'location', 'date', 'server'];
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);
const MAX_HEADER_BYTES = 16_384;
const MAX_HEADER_VALUE = 1000;

/**
 * Sends one request to a URL that a stranger chose. The host is resolved here, every address is checked, and the
 * connection goes to a checked address and no other, so that a name cannot change its mind in between. Redirects are
 * replies like any other; nothing is followed, kept alive or decompressed.
 * @throws DomainError `egress.…`; the cause, if any, is for the log.
 */
export async function sendGuarded(request: GuardedRequest): Promise<GuardedReply> {
  const start = monotonicMs();
  const url = checkDestination(request.url, request.policy);
  const deadline = new Deadline(request);
  try {
    const addresses = await deadline.race(resolveDestination(url, request.policy, request.resolve));
    const reply = await deadline.race(new Exchange(url, request, addresses, deadline).run());
    return { ...reply, durationMs: Math.round(monotonicMs() - start) };
  } finally {
    deadline.end();
  }
}

/** The total time and the caller's signal, as one promise that only rejects. */
class Deadline {
  private readonly cleanUps: (() => void)[] = [];
  private readonly over: Promise<never>;

  constructor({ totalTimeoutMs, signal }: GuardedRequest) {
    this.over = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(egressErrors('egress.timeout', { limit: totalTimeoutMs })), totalTimeoutMs);
      const abort = () => reject(egressErrors('egress.aborted', {}, { cause: signal?.reason }));
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.cleanUps.push(
        () => clearTimeout(timer),
        () => signal?.removeEventListener('abort', abort),
      );
    });
    this.over.catch(() => undefined);
  }

  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.over]);
  }

  /** Runs when the exchange is over, however it ended. */
  onEnd(cleanUp: () => void): void {
    this.cleanUps.push(cleanUp);
  }

  end(): void {
    for (const cleanUp of this.cleanUps) cleanUp();
  }
}

type Reply = Omit<GuardedReply, 'durationMs'>;

/** One request on one connection of its own. */
class Exchange {
  private connected = false;
  private address = '';

  constructor(
    private readonly url: URL,
    private readonly request: GuardedRequest,
    private readonly addresses: readonly ResolvedAddress[],
    private readonly deadline: Deadline,
  ) {}

  run(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { body: given } = this.request;
      const body = typeof given === 'string' ? Buffer.from(given) : given;
      let answered = false;
      const outgoing = (this.url.protocol === 'https:' ? httpsRequest : httpRequest)(this.options(body));
      const fail = (cause: unknown) => reject(this.failure(cause));
      this.deadline.onEnd(() => outgoing.destroy());
      outgoing.once('socket', (socket) => this.watch(socket, outgoing, reject));
      outgoing.on('error', fail);
      outgoing.on('close', () => {
        if (!answered) fail(new Error('closed without a reply'));
      });
      outgoing.once('response', (reply) => {
        answered = true;
        this.read(reply).then(resolve, fail);
      });
      outgoing.end(body);
    });
  }

  private options(body: Uint8Array): RequestOptions {
    const { url, request } = this;
    const headers = Object.entries(request.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
    const tls = request.ca === undefined ? {} : { ca: request.ca };
    return {
      ...tls,
      host: bareHost(url),
      port: url.port === '' ? undefined : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { ...Object.fromEntries(headers), Connection: 'close', 'Content-Length': String(body.length) },
      agent: false,
      lookup: this.lookup(),
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    };
  }

  /** Answers the checked addresses to whoever asks for this host's, in either of the two forms. */
  private lookup(): LookupFunction {
    const [first] = this.addresses as readonly [ResolvedAddress];
    return (_hostname, options, done) => {
      if (options.all) done(null, [...this.addresses]);
      else done(null, first.address, first.family);
    };
  }

  private watch(socket: Socket, outgoing: ClientRequest, reject: (error: DomainError) => void): void {
    const limit = this.request.connectTimeoutMs;
    const timer = setTimeout(() => {
      reject(egressErrors('egress.connect.timeout', { limit }));
      outgoing.destroy();
    }, limit);
    this.deadline.onEnd(() => clearTimeout(timer));
    socket.once('connect', () => (this.address = socket.remoteAddress ?? ''));
    socket.once(this.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      this.connected = true;
      clearTimeout(timer);
    });
  }

  private async read(reply: IncomingMessage): Promise<Reply> {
    const { maxReplyBytes } = this.request;
    const chunks: Buffer[] = [];
    let length = 0;
    let bodyTruncated = false;
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, maxReplyBytes - length));
      bodyTruncated = length + chunk.length > maxReplyBytes;
      length = Math.min(maxReplyBytes, length + chunk.length);
      if (bodyTruncated) break;
    }
    if (!bodyTruncated && !reply.complete) throw new Error('reply ended early');
    return {
      status: reply.statusCode ?? 0,
      headers: replyHeaders(reply),
      bodyExcerpt: Buffer.concat(chunks).toString('utf8').replaceAll('\0', '\ufffd'),
      bodyTruncated,
      address: this.address,
    };
  }

  private failure(cause: unknown): DomainError {
    const code = (cause as { code?: unknown } | null)?.code;
    const problem = typeof code === 'string' ? code : 'no reason given';
    if (problem.startsWith('HPE_')) return egressErrors('egress.reply.malformed', {}, { cause });
    if (this.connected) return egressErrors('egress.reply.failed', {}, { cause });
    const secure = this.url.protocol === 'https:' && this.address !== '';
    return egressErrors(secure ? 'egress.tls.failed' : 'egress.connect.failed', { problem }, { cause });
  }
}

function replyHeaders(reply: IncomingMessage): Record<string, string> {
  const found = REPLY_HEADERS.flatMap((name) => {
    const value = reply.headers[name];
    return value === undefined ? [] : [[name, String(value).slice(0, MAX_HEADER_VALUE)] as const];
  });
  return Object.fromEntries(found);
}
