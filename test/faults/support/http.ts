import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';

/** How often a caller comes back that is told to. */
const PATIENCE = 60;

export interface Answer {
  /** 0 when there was no answer (connection refused, reset or timed out). */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly ms: number;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Sends one request and never throws. */
export async function ask(
  url: string,
  apiKey: string,
  { method = 'GET', body, key, headers, timeoutMs = 30_000 }: Ask = {},
): Promise<Answer> {
  const start = monotonicMs();
  const sent = {
    ...(apiKey === '' ? {} : { 'x-api-key': apiKey }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...headers,
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { method, headers: sent, ...content, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text), ms: monotonicMs() - start };
  } catch {
    return { status: 0, headers: new Headers(), body: {}, ms: monotonicMs() - start };
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}

/** Asks again, as a polite client does, when it is told to come back: busy (503), or the same request still runs (409). */
export async function askPatiently(url: string, apiKey: string, request: Ask): Promise<Answer> {
  for (let left = PATIENCE; ; left -= 1) {
    const answer = await ask(url, apiKey, request);
    const later = answer.headers.get('retry-after');
    if (![409, 503].includes(answer.status) || later === null || left === 0) return answer;
    await sleep(Number(later) * 1_000);
  }
}

/** Does `work` for each item, at most `width` at once. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
