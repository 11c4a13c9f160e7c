import { Agent, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_MS = 200;

interface Backend {
  ready: boolean;
  readonly agent: Agent;
}

/**
 * What stands before the APIs: sends to those that say they are ready, over kept-alive connections, and repeats a
 * request only when nobody accepted its connection. Every other answer than success is a failure.
 */
export class Balancer {
  private readonly backends = new Map<string, Backend>();
  private readonly failed = new Map<string, number>();
  private sent = 0;
  private created = 0;
  private turn = 0;
  private pending = 0;
  private closed = false;

  constructor(private readonly apiKey: string) {}

  add(url: string): void {
    const backend: Backend = { ready: true, agent: new Agent({ keepAlive: true, maxSockets: 200 }) };
    this.backends.set(url, backend);
    void this.probe(url, backend);
  }

  remove(url: string): void {
    this.backends.get(url)?.agent.destroy();
    this.backends.delete(url);
  }

  get underWay(): number {
    return this.pending;
  }

  /** The `n`-th request: every fourth creates a customer, the others read. Resolves when it was answered or failed. */
  async request(n: number, to?: string): Promise<void> {
    this.sent += 1;
    const writes = n % 4 === 0;
    const id = this.sent;
    const body = writes
      ? JSON.stringify({ name: `Roll ${id}`, email: `f22-${id}@example.com`, phone: '+12025550123' })
      : undefined;
    const path = writes ? '/v1/customers' : n % 2 === 0 ? '/v1/customers/1' : '/v1/services/1';
    this.pending += 1;
    const answer = await this.toReady(path, body, to).catch((error: Error) => error.message);
    this.pending -= 1;
    if (answer === 201) this.created += 1;
    if (answer === (writes ? 201 : 200)) return;
    const what = `${writes ? 'POST' : 'GET'}: ${answer}`;
    this.failed.set(what, (this.failed.get(what) ?? 0) + 1);
  }

  /** How many requests failed in which way, and how many were sent and created something. */
  figures(): { readonly failures: Readonly<Record<string, number>>; readonly sent: number; readonly created: number } {
    return { failures: Object.fromEntries(this.failed), sent: this.sent, created: this.created };
  }

  async close(): Promise<void> {
    this.closed = true;
    await sleep(PROBE_MS);
    for (const url of [...this.backends.keys()]) this.remove(url);
  }

  private async toReady(path: string, body?: string, to?: string): Promise<number> {
    for (let url = to ?? this.next(); url !== undefined; url = this.next()) {
      const backend = this.backends.get(url) as Backend;
      try {
        return await this.send(url, backend, path, body);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ECONNREFUSED') throw error;
        backend.ready = false;
      }
    }
    throw new Error('no API is ready');
  }

  private next(): string | undefined {
    const ready = [...this.backends].filter(([, backend]) => backend.ready).map(([url]) => url);
    return ready[(this.turn += 1) % ready.length];
  }

  private send(url: string, backend: Backend, path: string, body?: string): Promise<number> {
    const { agent } = backend;
    const headers = { 'x-api-key': this.apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    return new Promise((resolve, reject) => {
      const outgoing = send(
        `${url}${path}`,
        { method: body === undefined ? 'GET' : 'POST', agent, headers, timeout: 10_000 },
        (answer) => {
          // A server that closes its connections is about to leave.
          if (answer.headers.connection === 'close') backend.ready = false;
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
          answer.once('error', reject);
        },
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in 10 s')));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  private async probe(url: string, backend: Backend): Promise<void> {
    while (!this.closed && this.backends.get(url) === backend) {
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      backend.ready = answer?.status === 200;
      await sleep(PROBE_MS);
    }
  }
}
