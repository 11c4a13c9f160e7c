import { API_LIMITS, sessionOptions } from '@isp/platform/database';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from './test-postgres.js';

/** A database whose functions issue documents without the program: its owner, and clients as the application has them. */
export class IssuingWorld {
  private readonly clients: Client[];
  private serial = 0;
  private partnerId = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly owner: Client,
  ) {
    this.clients = [owner];
  }

  static async open(): Promise<IssuingWorld> {
    const database = await createTestDatabase();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    return new IssuingWorld(database, owner);
  }

  /** As the application is connected, and as nobody in particular. */
  async connected(settings = '-c app.unrestricted=on'): Promise<Client> {
    const options = `${sessionOptions(API_LIMITS)} ${settings}`;
    const client = new Client({ connectionString: this.database.appUrl, options });
    await client.connect();
    this.clients.push(client);
    return client;
  }

  /** Whose accounts are the next: documents of one partner are nobody else's. */
  get partner(): number {
    return this.partnerId;
  }

  async newPartner(): Promise<void> {
    this.serial += 1;
    const { rows } = await this.owner.query<{ id: number }>(
      `INSERT INTO partners (name, kind, tier) VALUES ($1, 'isp', 'enterprise') RETURNING id`,
      [`Issuer ${this.serial}`],
    );
    this.partnerId = rows[0]?.id ?? 0;
  }

  /** An account of a new customer. */
  async account(partnerId = this.partnerId): Promise<number> {
    this.serial += 1;
    const { rows } = await this.owner.query<{ id: number }>(
      `INSERT INTO customers (partner_id, name, email, phone) VALUES ($1, 'Spec', $2, '+12025550100') RETURNING id`,
      [partnerId, `issue-${this.serial}@spec.example`],
    );
    const found = await this.owner.query<{ id: number }>('SELECT id FROM billing_accounts WHERE customer_id = $1', [
      rows[0]?.id,
    ]);
    return found.rows[0]?.id ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
    await this.database.drop();
  }
}
