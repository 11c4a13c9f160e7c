import { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { monotonicMs } from '@isp/kernel';
import { identify } from './access.guard.js';
import { Answer } from './answer.js';
import type { CallerRequest } from './caller.js';
import { Lifecycle } from './health/lifecycle.js';
import { AUTHENTICATOR, type Authenticator } from './ports.js';

const HEARTBEAT_MS = 15_000;
/** A revoked credential ends its streams within this. */
const CHECK_MS = 2_000;
/** Then the client comes back with `Last-Event-ID` and, where it has one, a fresh token. */
const MAX_AGE_MS = 600_000;
/** A client that does not read is not waited for. */
const MAX_UNREAD_BYTES = 1_048_576;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

export interface EventSink {
  send(event: ServerSentEvent): void;
  /** Ends the stream when everything sent has left. */
  end(): void;
}

/** Begins to feed a stream; answers how to stop. */
export type EventSource = (sink: EventSink) => () => void;

/**
 * Streams of server-sent events (WHATWG HTML, 9.2). They end when their source ends them, the client leaves or does not
 * read, the credential stops being good, after ten minutes, and when the process is on its way out.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<Readable>();

  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    private readonly lifecycle: Lifecycle,
  ) {}

  start(request: CallerRequest, source: EventSource): Answer<Readable> {
    const stream = new Readable({ read: () => undefined });
    const write = (text: string): void => {
      if (stream.readableEnded || stream.destroyed) return;
      if (stream.readableLength > MAX_UNREAD_BYTES) stream.destroy();
      else stream.push(text);
    };
    const end = (): void => {
      if (!stream.destroyed && !ended) stream.push(null);
      ended = true;
    };
    let ended = false;
    this.open.add(stream);
    stream.once('isp:end', end);
    write('retry: 2000\n\n');
    const stop = source({ send: (event) => void (ended || write(format(event))), end });
    const beat = setInterval(() => void (ended || write(': still here\n\n')), HEARTBEAT_MS);
    const watch = this.watch(request, end);
    stream.once('close', () => {
      clearInterval(beat);
      clearInterval(watch);
      stop();
      this.open.delete(stream);
    });
    return new Answer(stream, HEADERS);
  }

  /** The server waits for answers under way, and these would never be done. */
  beforeApplicationShutdown(): void {
    for (const stream of this.open) stream.emit('isp:end');
  }

  private watch(request: CallerRequest, end: () => void): NodeJS.Timeout {
    const started = monotonicMs();
    return setInterval(() => {
      if (this.lifecycle.draining || monotonicMs() - started > MAX_AGE_MS) end();
      else identify(this.authenticator, request.headers).catch(end);
    }, CHECK_MS);
  }
}

function format({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
