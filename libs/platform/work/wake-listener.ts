import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { CONFIG, type Config } from '@isp/platform/config';
import { KEEP_ALIVE } from '@isp/platform/database';
import { WAKE_CHANNEL } from './waker.js';

const ANSWERS_WITHIN_MS = 5_000;

/** A connection that listens for wake-ups, and comes back by itself when the database was away. */
@Injectable()
export class WakeListener {
  private client: pg.Client | undefined;
  private pending = false;
  private release: (() => void) | undefined;
  private stopped = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async start(): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      connectionString: this.config.DATABASE_URL,
      ...KEEP_ALIVE,
      connectionTimeoutMillis: ANSWERS_WITHIN_MS,
      query_timeout: ANSWERS_WITHIN_MS,
      application_name: 'isp wake',
    });
    const again = (): void => {
      client.removeAllListeners();
      client.on('error', () => undefined);
      if (this.client === client) this.client = undefined;
      if (!this.stopped) setTimeout(() => void this.start(), 500).unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', () => this.wakeLocally());
    try {
      await client.connect();
      await client.query(`LISTEN ${WAKE_CHANNEL}`);
      this.client = client;
      this.wakeLocally();
    } catch {
      again();
      await client.end().catch(() => undefined);
    }
  }

  /** Resolves at the next wake-up, at once if one came since the last call, or after `timeoutMs`. */
  async woken(timeoutMs: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.release = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.pending = false;
    this.release = undefined;
  }

  wakeLocally(): void {
    this.pending = true;
    this.release?.();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }
}
