import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { networkErrors } from '../../network.errors.js';
import type { DeviceRef } from '../device-driver.port.js';

/** One reply sentence: `!re`, `!done`, `!trap` or `!fatal`, and its attributes. */
export interface Sentence {
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** More than any answer of ours; a device that sends more is cut off. */
const ANSWER_LIMIT = 4 * 1024 * 1024;
const WORD_LIMIT = 64 * 1024;

/** A word with its length before it, in one to five bytes as the RouterOS API has it. */
export function encodeWord(word: string): Buffer {
  const body = Buffer.from(word, 'utf8');
  return Buffer.concat([encodeLength(body.length), body]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x4000) return Buffer.from([(length >> 8) | 0x80, length & 0xff]);
  if (length < 0x20_0000) return Buffer.from([(length >> 16) | 0xc0, (length >> 8) & 0xff, length & 0xff]);
  const long = Buffer.alloc(length < 0x1000_0000 ? 4 : 5);
  if (long.length === 4) long.writeUInt32BE((length | 0xe000_0000) >>> 0);
  else {
    long[0] = 0xf0;
    long.writeUInt32BE(length, 1);
  }
  return long;
}

/** Takes words out of bytes as they come. @throws `network.device.garbled` for lengths that nobody means */
export class WordReader {
  private buffer = Buffer.alloc(0);
  private total = 0;

  /** Whole words of what has come so far; an empty one ends a sentence. */
  push(chunk: Buffer): string[] {
    this.total += chunk.length;
    if (this.total > ANSWER_LIMIT) throw networkErrors('network.device.garbled');
    this.buffer = Buffer.concat([this.buffer, chunk]);
    const words: string[] = [];
    for (let word = this.next(); word !== undefined; word = this.next()) words.push(word);
    return words;
  }

  private next(): string | undefined {
    const first = this.buffer[0];
    if (first === undefined) return undefined;
    const extra = first < 0x80 ? 0 : first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first > 0xf0) throw networkErrors('network.device.garbled');
    if (this.buffer.length < extra + 1) return undefined;
    let length = [first, first & 0x3f, first & 0x1f, first & 0x0f, 0][extra] as number;
    for (let at = 1; at <= extra; at += 1) length = length * 256 + (this.buffer[at] as number);
    if (length > WORD_LIMIT) throw networkErrors('network.device.garbled');
    if (this.buffer.length < extra + 1 + length) return undefined;
    const word = this.buffer.toString('utf8', extra + 1, extra + 1 + length);
    this.buffer = this.buffer.subarray(extra + 1 + length);
    return word;
  }
}

/**
 * One signed-in conversation with a RouterOS device over its API; a sentence is one write. Ends with `close`.
 * `settings.routeros`: `port`, `user`, `tls` (true unless told otherwise), and `ca`, the PEM that signs the device's
 * certificate. Credential: `api_password`.
 */
export class RouterOsClient {
  private readonly words = new WordReader();
  private sentence: string[] = [];
  private answers: Sentence[] = [];
  private waiting: { resolve: (answers: Sentence[]) => void; reject: (error: Error) => void } | undefined;
  private failure: Error | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly signal: AbortSignal,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(networkErrors('network.device.silent', {}, { cause: error })));
    socket.on('close', () => this.fail(networkErrors('network.device.silent')));
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
  }

  /** @throws `network.device.silent`, `….login_refused`, `….misconfigured` */
  static async open(device: DeviceRef, signal: AbortSignal): Promise<RouterOsClient> {
    const given = (device.settings['routeros'] ?? {}) as { port?: number; user?: string; tls?: boolean; ca?: string };
    const { tls = true, port = tls ? 8729 : 8728, user = 'isp', ca } = given;
    const password = device.secrets?.['api_password'];
    if (!device.address || !password)
      throw networkErrors('network.device.misconfigured', { reason: 'it has no address or no api_password' });
    const host = device.address;
    // The certificate is checked against the given authority; the name in it is not, for devices are called by address.
    const socket = tls
      ? connectTls({ host, port, ...(ca ? { ca } : {}), checkServerIdentity: () => undefined })
      : connect({ host, port });
    const client = new RouterOsClient(socket, signal);
    try {
      await client.ask(['/login', `=name=${user}`, `=password=${password}`]);
      return client;
    } catch (error) {
      client.close();
      const refused = (error as { code?: string }).code === 'network.device.refused';
      throw refused ? networkErrors('network.device.login_refused', {}, { cause: error }) : error;
    }
  }

  /** Says a sentence and answers the `!re` sentences. @throws `network.device.refused` on `!trap`, and as `open` */
  async ask(words: readonly string[]): Promise<Readonly<Record<string, string>>[]> {
    if (this.failure) throw this.failure;
    const answered = new Promise<Sentence[]>((resolve, reject) => (this.waiting = { resolve, reject }));
    this.socket.write(Buffer.concat([...words.map(encodeWord), Buffer.from([0])]));
    const answers = await answered;
    const trap = answers.find(({ kind }) => kind === '!trap' || kind === '!fatal');
    if (trap) {
      const cause = new Error(trap.attributes['message'] ?? 'no reason given');
      throw networkErrors('network.device.refused', {}, { cause });
    }
    return answers.filter(({ kind }) => kind === '!re').map(({ attributes }) => attributes);
  }

  close(): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.socket.destroy();
  }

  private readonly onAbort = (): void => {
    this.fail(networkErrors('network.device.silent'));
    this.socket.destroy();
  };

  private take(chunk: Buffer): void {
    try {
      for (const word of this.words.push(chunk)) {
        if (word !== '') this.sentence.push(word);
        else if (this.sentence.length > 0) this.finish();
      }
    } catch (error) {
      this.fail(error as Error);
      this.socket.destroy();
    }
  }

  private finish(): void {
    const [kind = '', ...rest] = this.sentence;
    this.sentence = [];
    const pairs = rest.flatMap((word) => {
      const match = /^=([^=]+)=([\s\S]*)$/.exec(word);
      return match ? [[match[1] ?? '', match[2] ?? ''] as const] : [];
    });
    if (!['!re', '!done', '!trap', '!fatal'].includes(kind)) throw networkErrors('network.device.garbled');
    this.answers.push({ kind, attributes: Object.fromEntries(pairs) });
    if (kind !== '!done' && kind !== '!fatal') return;
    const { waiting, answers } = this;
    this.waiting = undefined;
    this.answers = [];
    waiting?.resolve(answers);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(this.failure);
  }
}
