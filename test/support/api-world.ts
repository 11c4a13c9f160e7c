import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { type Permission, systemActor } from '@isp/contracts';
import { CreateApiKey } from '@isp/domain/access';
import { type Clock, addSeconds, systemClock } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { seedSandbox } from '../../apps/sandbox/seed.js';
import { runSql } from './test-cluster.js';
import { createFilledDatabase, createTestDatabase, type DatabaseUrls, type TestDatabase } from './test-postgres.js';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON. */
  json<T = unknown>(): T;
}

export interface Asked {
  readonly method?: string;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** A body as it is, instead of `body` as JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiWorldOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** The sandbox's data: customers 1 to 100 and all that belongs to them. */
  readonly seeded?: boolean;
}

export interface ApiWorld {
  readonly program: RunningProgram;
  readonly database: TestDatabase;
  ask(path: string, asked?: Asked): Promise<Answered>;
  /** A key of a partner with exactly these scopes. */
  keyOf(partnerId: number, scopes: readonly Permission[], reach?: 'all' | 'partner'): Promise<string>;
  /** The access token of one who signs in with a name and a password of the sandbox (`<name>-sandbox-password`). */
  tokenOf(name: string, password?: string): Promise<string>;
  /** Another process of the same program on the same database. */
  another(): Promise<RunningProgram>;
  /** Statements as the owner of the schema, behind everybody's back. */
  sql<R extends object>(text: string): Promise<R[]>;
  close(): Promise<void>;
}

/** Stands still until it is set. */
export class StoppedClock implements Clock {
  private at = '2025-01-01T12:00:00Z';

  set(at: string): void {
    this.at = at;
  }

  now(): Date {
    return new Date(this.at);
  }
}

/** The time, and a test may move it, or let it stand still. */
export class MovableClock implements Clock {
  shiftSeconds = 0;
  private stoppedAt: Date | undefined;

  now(): Date {
    return addSeconds(this.stoppedAt ?? systemClock.now(), this.shiftSeconds);
  }

  /** While `work` goes on, only `shiftSeconds` moves the time. */
  async stoppedFor<T>(work: () => Promise<T>): Promise<T> {
    this.stoppedAt = systemClock.now();
    try {
      return await work();
    } finally {
      this.stoppedAt = undefined;
    }
  }
}

/** Of the first plan of a world that is seeded, so that calls can name it. */
export const FIRST_PLAN_GUID = '452c55ad-16f0-4248-a745-e270bb44590c';

export const MASTER_KEYS = `test:${Buffer.from('an API test master key of 32byte').toString('base64')}`;

/** The whole program without its worker, on a database of its own and behind a real port. */
export async function apiWorld({ settings = {}, clock, seeded = false }: ApiWorldOptions = {}): Promise<ApiWorld> {
  const database = await (seeded ? createFilledDatabase('sandbox', fillSandbox) : createTestDatabase());
  const start = () => startApi(database, settings, clock);
  const program = await start();
  const programs = [program];
  const owner = new Pool({ connectionString: database.ownerUrl, max: 4 });
  owner.on('error', () => undefined);
  return {
    program,
    database,
    ask: (path, asked) => ask(program.url + path, asked),
    keyOf: async (partnerId, scopes, reach = 'partner') => {
      const actor = { ...systemActor('spec'), permissions: new Set(scopes) };
      const issued = await program.app
        .get(CreateApiKey, { strict: false })
        .execute({ actor, partnerId, name: 'spec', scopes, reach });
      return issued.secret;
    },
    tokenOf: async (login, password = `${login}-sandbox-password`) => {
      const answer = await ask(`${program.url}/v1/auth/login`, { method: 'POST', body: { login, password } });
      if (answer.status !== 200) throw new Error(`${login} cannot sign in: ${answer.status} ${answer.text}`);
      return answer.json<{ access_token: string }>().access_token;
    },
    another: async () => {
      const other = await start();
      programs.push(other);
      return other;
    },
    sql: async <R extends object>(text: string) => {
      const results = [await owner.query<R>(text)].flat();
      return results.at(-1)?.rows ?? [];
    },
    close: async () => {
      await Promise.all([...programs.map((each) => each.stop(0)), owner.end()]);
      await database.drop();
    },
  };
}

function startApi(
  { appUrl }: DatabaseUrls,
  settings: Readonly<Record<string, string>> = {},
  clock?: Clock,
): Promise<RunningProgram> {
  const config = loadConfig({
    DATABASE_URL: appUrl,
    PORT: '0',
    ISP_MASTER_KEYS: MASTER_KEYS,
    ISP_LOG_LEVEL: process.env['ISP_TEST_LOG'] ?? 'silent',
    ISP_RATE_LIMITS: 'false',
    ...settings,
  });
  return startProgram(config, { api: true, worker: false }, clock);
}

async function fillSandbox(urls: DatabaseUrls): Promise<void> {
  const program = await startApi(urls);
  await seedSandbox(program.app);
  await program.stop(0);
  await runSql(urls.ownerUrl, `UPDATE plans SET guid = '${FIRST_PLAN_GUID}' WHERE id = 1`);
}

/** One request, as a client of the API makes it. */
export async function ask(url: string, asked: Asked = {}): Promise<Answered> {
  const { method = 'GET', key, token, body, raw, headers = {} } = asked;
  const sent = {
    ...(key ? { 'x-api-key': key } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const init = { method, headers: sent, ...(payload === undefined ? {} : { body: payload }) };
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: <T>() => JSON.parse(text) as T };
}

/**
 * One request of a crowd, made again while the answer is to ask later: on a busy machine not everybody finds a connection
 * in time (503), or a lock (409); to them nothing was done, and they hear when to come back.
 * @param asksLater whether an answer is no answer yet; by default each that says when to ask again
 */
export async function askUntilServed(
  url: string,
  asked: Asked = {},
  asksLater = ({ headers }: Answered): boolean => headers.has('retry-after'),
): Promise<Answered> {
  for (;;) {
    const answer = await ask(url, asked);
    if (!asksLater(answer)) return answer;
    await sleep(Number(answer.headers.get('retry-after')) * 1_000);
  }
}

/** An HTTP/1.1 request of any method, path and headers; a header that is named twice is sent twice. */
export function askRaw(
  url: string,
  {
    method = 'GET',
    path,
    headers = [],
    body,
  }: { method?: string; path: string; headers?: readonly string[]; body?: string | Uint8Array },
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const all = ['host', `${hostname}:${port}`, ...headers];
    const request = httpRequest({ hostname, port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
