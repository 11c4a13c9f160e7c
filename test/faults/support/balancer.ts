import { Agent, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_MS = 200;

interface Backend {
  ready: boolean;
  readonly agent: Agent;
}

/**
 * What stands before the APIs: sends to those that say they are ready, over kept-alive connections, and never repeats a
 * request. Whatever is not answered below 500 is a failure.
 */
export class Balancer {
  private readonly backends = new Map<string, Backend>();
  private readonly failed: string[] = [];
  private sent = 0;
  private created = 0;
  private turn = 0;
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

  /** The `n`-th request: every fourth creates a customer, the others read. Resolves when it was answered or failed. */
  async request(n: number, to?: string): Promise<void> {
    const ready = [...this.backends].filter(([, { ready }]) => ready).map(([url]) => url);
    const url = to ?? ready[(this.turn += 1) % ready.length];
    this.sent += 1;
    if (url === undefined) return void this.failed.push('no API is ready');
    const writes = n % 4 === 0;
    const id = this.sent;
    const body = writes
      ? JSON.stringify({ name: `Roll ${id}`, email: `f22-${id}@example.com`, phone: '+12025550123' })
      : undefined;
    const path = writes ? '/v1/customers' : n % 2 === 0 ? '/v1/customers/1' : '/v1/services/1';
    const answer = await this.send(url, path, body).catch((error: Error) => error.message);
    if (answer === 201) this.created += 1;
    if (answer !== (writes ? 201 : 200)) this.failed.push(`${writes ? 'POST' : 'GET'} ${path}: ${answer}`);
  }

  figures(): { readonly failures: readonly string[]; readonly sent: number; readonly created: number } {
    return { failures: this.failed, sent: this.sent, created: this.created };
  }

  async close(): Promise<void> {
    this.closed = true;
    await sleep(PROBE_MS);
    for (const url of [...this.backends.keys()]) this.remove(url);
  }

  private send(url: string, path: string, body?: string): Promise<number> {
    const agent = this.backends.get(url)?.agent;
    const headers = { 'x-api-key': this.apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    return new Promise((resolve, reject) => {
      const outgoing = send(
        `${url}${path}`,
        { method: body === undefined ? 'GET' : 'POST', agent, headers, timeout: 10_000 },
        (answer) => {
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
      backend.ready = (await this.send(url, '/health/ready').catch(() => 0)) === 200;
      await sleep(PROBE_MS);
    }
  }
}
