import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';
import { type Answer, type Ask, ask } from './http.js';
import type { Accepted } from './provisioning.js';

interface Write {
  readonly path: string;
  readonly request: Ask;
  readonly serviceId?: number;
  answer?: Answer;
}

/** Longer than any answer may take, so that a hang is seen as what it is. */
const TIMEOUT_MS = 10_000;

/**
 * Reads and writes in turn, at a steady rate, over several APIs. Every write has a key and is written down before it is
 * sent, so that afterwards each can be settled and counted.
 */
export class MixedTraffic {
  private readonly writes: Write[] = [];
  private readonly bad: string[] = [];
  private sent = 0;
  private refused = 0;
  private slowestMs = 0;
  private stopped = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly apiKey: string,
  ) {}

  async run(perSecond: number): Promise<void> {
    const start = monotonicMs();
    const pending: Promise<void>[] = [];
    for (; !this.stopped; await sleep(10)) {
      for (; this.sent < ((monotonicMs() - start) / 1_000) * perSecond; this.sent += 1)
        pending.push(this.one(this.sent));
    }
    await Promise.all(pending);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Repeats every write that was not accepted, under its key, until it is. */
  async settle(): Promise<void> {
    for (const write of this.writes) {
      for (let attempt = 1; !isAccepted(write.answer); attempt += 1) {
        write.answer = await ask(`${this.urls[0]}${write.path}`, this.apiKey, write.request);
        if (isAccepted(write.answer)) break;
        if (attempt === 20)
          throw new Error(
            `${write.path} was never accepted: ${write.answer.status} ${JSON.stringify(write.answer.body)}`,
          );
        await sleep(200);
      }
    }
  }

  figures() {
    const unsettled = this.writes.filter(({ answer }) => !isAccepted(answer)).length;
    return { sent: this.sent, refused: this.refused, bad: this.bad, slowestMs: this.slowestMs, unsettled };
  }

  orders(): Accepted[] {
    return this.writes.flatMap(({ serviceId, answer }) =>
      serviceId === undefined ? [] : [{ serviceId, jobId: answer?.body['provisioning_job_id'] as number }],
    );
  }

  /** How many customers were asked for. */
  customers(): number {
    return this.writes.filter(({ serviceId }) => serviceId === undefined).length;
  }

  private async one(n: number): Promise<void> {
    const write = this.writeOf(n);
    const path = write?.path ?? (n % 2 === 0 ? '/v1/customers/1' : '/v1/services?per_page=10');
    const request = { ...write?.request, timeoutMs: TIMEOUT_MS };
    const answer = await ask(`${this.urls[n % this.urls.length]}${path}`, this.apiKey, request);
    if (write) write.answer = answer;
    this.slowestMs = Math.max(this.slowestMs, answer.ms);
    if (answer.status >= 200 && answer.status < 300) return;
    const polite = answer.status === 503 && Number(answer.headers.get('retry-after')) >= 1;
    if (polite) this.refused += 1;
    else
      this.bad.push(
        `${request.method ?? 'GET'} ${path}: ${answer.status} after ${Math.round(answer.ms)} ms ${JSON.stringify(answer.body)}`,
      );
  }

  /** Two of ten create a customer, two order a service's provisioning, six read. */
  private writeOf(n: number): Write | undefined {
    const kind = n % 10;
    if (kind > 3) return undefined;
    const serviceId = kind > 1 ? 1 + Math.floor(n / 10) * 2 + (kind - 2) : undefined;
    const person = { name: `Mixed ${n}`, email: `f7-${n}@example.com`, phone: '+12025550177' };
    const write: Write =
      serviceId === undefined
        ? { path: '/v1/customers', request: { method: 'POST', body: person, key: `f7-${n}` } }
        : {
            path: `/v1/services/${serviceId}/provision`,
            serviceId,
            request: { method: 'POST', body: {}, key: `f7-${n}` },
          };
    this.writes.push(write);
    return write;
  }
}

const isAccepted = (answer: Answer | undefined): boolean => answer?.status === 201 || answer?.status === 202;
