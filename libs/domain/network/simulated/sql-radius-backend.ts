import pg from 'pg';
import { attemptTexts, accountingTexts } from './packet-texts.js';
import type { LoginOutcome, RadiusBackend, RadiusItem, ReceivedPacket } from './radius-backend.port.js';

export interface SqlRadiusBackendOptions {
  /** Logs in as the role of the RADIUS server. */
  readonly url: string;
  /** What FreeRADIUS would be given as ISP_RADIUS_KEY. */
  readonly keys: string;
  readonly maxConnections?: number;
}

const PLACES = Array.from({ length: 26 }, (_, at) => `$${at + 1}`).join(', ');
const TEXTS = {
  use_keys: 'SELECT radius.use_keys($1)',
  nas_client: 'SELECT radius.nas_client($1) AS secret',
  auth_check: 'SELECT attribute, value, op FROM radius.auth_check($1)',
  auth_reply: 'SELECT attribute, value, op FROM radius.auth_reply($1)',
  live_sessions: 'SELECT radius.live_sessions($1, $2)::integer AS live',
  account: `SELECT radius.account(${PLACES})`,
  note_attempt: 'SELECT radius.note_attempt($1, $2, $3, $4, $5, $6, $7)',
};

/** The functions that FreeRADIUS calls, called in the same way: the keys once a connection, and in no other statement. */
export class SqlRadiusBackend implements RadiusBackend {
  private readonly pool: pg.Pool;
  private readonly keyed = new WeakSet<pg.PoolClient>();

  constructor(private readonly options: SqlRadiusBackendOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 4,
      connectionTimeoutMillis: 3_000,
      statement_timeout: 4_000,
      application_name: 'isp radius sandbox',
    });
    this.pool.on('error', () => undefined);
    // One that is lent out when the database goes away tells its borrower by the failing query.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async clientSecret(address: string): Promise<string | undefined> {
    const rows = await this.ask<{ secret: string | null }>('nas_client', [address]);
    return rows[0]?.secret ?? undefined;
  }

  check(username: string): Promise<readonly RadiusItem[]> {
    return this.ask('auth_check', [username]);
  }

  reply(username: string): Promise<readonly RadiusItem[]> {
    return this.ask('auth_reply', [username]);
  }

  async liveSessions(username: string, callingStation: string): Promise<number> {
    const rows = await this.ask<{ live: number }>('live_sessions', [username, callingStation]);
    return rows[0]?.live ?? 0;
  }

  async accounting(received: ReceivedPacket): Promise<void> {
    await this.ask('account', accountingTexts(received));
  }

  async postAuth(outcome: LoginOutcome, received: ReceivedPacket): Promise<void> {
    await this.ask('note_attempt', attemptTexts(outcome, received));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async ask<R extends object>(name: keyof typeof TEXTS, values: readonly string[]): Promise<R[]> {
    const client = await this.pool.connect();
    let failed = true;
    try {
      if (!this.keyed.has(client)) await client.query(TEXTS.use_keys, [this.options.keys]);
      this.keyed.add(client);
      const { rows } = await client.query<R>({ name: `radius-${name}`, text: TEXTS[name], values: [...values] });
      failed = false;
      return rows;
    } finally {
      client.release(failed);
    }
  }
}
