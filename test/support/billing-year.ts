import { CreditInvoice, GenerateInvoice, InvoiceQueries, MarkOverdue, RecordPayment } from '@isp/domain/billing';
import {
  CaseQueries,
  Disputes,
  DunningPolicies,
  DunningTags,
  Holidays,
  Promises,
  SweepDunning,
} from '@isp/domain/dunning';
import { ServiceQueries } from '@isp/domain/services';
import { DomainError, addDays, addMonths, instantAt, isoWeekday, localDate } from '@isp/kernel';
import { ACTOR, ConvergenceWorld } from './convergence-world.js';
import { query } from './embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from './test-postgres.js';

const ZONE = 'America/New_York';
const FIRST = '2029-01-01';
const MONTHS = 12;
const HOLIDAY = '2029-06-04';
export const RECONNECTION = 'Reconnection';
/** Minutes of the day in New York at which things happen. */
const BILLING = 2 * 60;
const PEOPLE = 11 * 60;
const ALL = { limit: 1_000, offset: 0 };

export interface YearCustomer {
  readonly id: number;
  readonly accountId: number;
  readonly serviceId: number;
}
const FATES = ['always', 'late', 'throttled', 'suspended', 'kept', 'broken', 'disputed', 'gone'] as const;
type Fates = Readonly<Record<(typeof FATES)[number], YearCustomer>>;

/** Something that a person does at an instant. */
interface Deed {
  readonly at: Date;
  do(): Promise<void>;
}

const NONE = { minAmount: '0', amount: null, downloadKbps: null, uploadKbps: null };
const STEPS = [
  { ...NONE, days: 5, action: 'reminder' as const },
  { ...NONE, days: 7, action: 'throttle' as const, downloadKbps: 2_000, uploadKbps: 2_000 },
  { ...NONE, days: 15, action: 'suspend' as const, minAmount: '5' },
];
const POLICY = {
  name: 'Year',
  currency: 'USD',
  partnerId: null,
  planId: null,
  tag: null,
  graceDays: 5,
  gapDays: 1,
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 540,
  untilMinute: 1_020,
  calendar: 'US',
  reconnectionAmount: '10',
  steps: STEPS,
};

/**
 * A year of customers in the whole program, with its workers, a RADIUS server and a NAS over UDP. Time is the program's
 * own and goes from one instant at which something is due to the next.
 */
export class BillingYear {
  private readonly deeds: Deed[] = [];
  private readonly looks = new Map<number, string[]>();
  readonly figures = { instants: 0, invoices: 0 };

  private constructor(
    readonly world: ConvergenceWorld,
    readonly customers: Fates,
    private readonly database: TestDatabase,
    private readonly time: { now: Date },
  ) {}

  static async open(): Promise<BillingYear> {
    const database = await createTestDatabase();
    await query(database.ownerUrl, `UPDATE partners SET time_zone = '${ZONE}' WHERE id = 1`);
    const time = { now: instantAt(FIRST, 0, ZONE) };
    const clock = { now: () => time.now };
    const settings = { ISP_RECONCILE_SECONDS: '86400' };
    const count = FATES.length;
    const world = await ConvergenceWorld.open({ database, services: count, customers: 'each', clock, settings });
    await world.until('all online', () => world.nas.sessions().length === count, 30_000);
    // They came on the first day of that year.
    for (const set of [
      `billing_accounts SET starts_on = '${FIRST}'`,
      `billing_account_terms SET from_on = '${FIRST}'`,
      `service_terms SET valid_from = '${time.now.toISOString()}'`,
      `services SET activated_at = '${time.now.toISOString()}'`,
    ])
      await world.rows(`UPDATE ${set}`);
    await world.use(Holidays).add(ACTOR, { calendar: 'US', on: HOLIDAY, name: 'A Monday' });
    await world.use(DunningPolicies).create(ACTOR, POLICY);
    const end = { ...NONE, days: 30, action: 'terminate' as const };
    await world
      .use(DunningPolicies)
      .create(ACTOR, { ...POLICY, name: 'Strict', tag: 'strict', steps: [...STEPS, end] });
    const rows = await world.rows<YearCustomer>(
      `SELECT s.customer_id AS id, a.id AS "accountId", s.id AS "serviceId" FROM services s JOIN billing_accounts a USING (customer_id) ORDER BY s.id`,
    );
    const customers = Object.fromEntries(FATES.map((fate, index) => [fate, rows[index]])) as unknown as Fates;
    return new BillingYear(world, customers, database, time);
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.database.drop();
  }

  tag(who: YearCustomer, tag: string): Promise<void> {
    return this.world.use(DunningTags).put(ACTOR, who.id, tag);
  }

  /** Pays what is open and not disputed, by days after the due date of a month's invoice. */
  pays(who: YearCustomer, when: readonly { readonly month: number; readonly daysAfterDue: number }[]): void {
    for (const { month, daysAfterDue } of when) this.plan(month, daysAfterDue, () => this.pay(who));
  }

  promises(
    who: YearCustomer,
    { month, daysAfterDue, until }: { month: number; daysAfterDue: number; until: number },
  ): void {
    this.plan(month, daysAfterDue, async () => {
      const { rows } = await this.world.use(CaseQueries).list(ACTOR, { customerId: who.id, open: true }, ALL);
      const promisedOn = addDays(dueOf(month), until);
      await this.world.use(Promises).make({ actor: ACTOR, caseId: rows[0]?.id ?? 0, promisedOn });
    });
  }

  disputes(
    who: YearCustomer,
    { month, daysAfterDue, acceptedAfter }: { month: number; daysAfterDue: number; acceptedAfter: number },
  ): void {
    let disputed = { id: 0, invoiceId: 0 };
    this.plan(month, daysAfterDue, async () => {
      const [invoice] = await this.openInvoices(who);
      disputed = await this.world.use(Disputes).open(ACTOR, invoice?.id ?? 0, 'The line was down');
    });
    this.plan(month, acceptedAfter, async () => {
      await this.world
        .use(CreditInvoice)
        .execute({ actor: ACTOR, invoiceId: disputed.invoiceId, reason: 'The line was down' });
      await this.world.use(Disputes).close(ACTOR, disputed.id, 'accepted');
    });
  }

  /** Goes through the year, from one instant at which something is due to the next. */
  async live(): Promise<void> {
    for (let month = 0; month < MONTHS; month += 1)
      this.deeds.push({ at: instantAt(addMonths(FIRST, month), BILLING, ZONE), do: () => this.bill() });
    const end = instantAt(addDays(addMonths(FIRST, MONTHS), 13), 0, ZONE);
    for (;;) {
      const next = await this.nextInstant();
      if (next === undefined || next > end) break;
      this.time.now = next > this.time.now ? next : this.time.now;
      this.figures.instants += 1;
      for (const deed of this.deeds.filter(({ at }) => at <= this.time.now)) {
        this.deeds.splice(this.deeds.indexOf(deed), 1);
        await deed.do();
        await this.settled();
      }
      await this.world.use(MarkOverdue).execute();
      await this.settled();
      await this.world.use(SweepDunning).execute();
      await this.settled();
      await this.look();
    }
  }

  /** What was done in a customer's cases, in order; and what was held. */
  async story(who: YearCustomer): Promise<string[]> {
    const { rows } = await this.world.use(CaseQueries).list(ACTOR, { customerId: who.id }, ALL);
    const stories: string[][] = [];
    for (const { id } of rows.reverse()) {
      const { history } = await this.world.use(CaseQueries).get(ACTOR, id);
      // Weekends are others' story.
      const told = history.filter(({ outcome, reason }) => outcome === 'done' || reason === 'promise');
      stories.push(
        told.map(({ action, outcome, reason }) =>
          [action, outcome === 'held' ? 'held' : '', reason].filter(Boolean).join(' '),
        ),
      );
    }
    return stories.flat();
  }

  seen(who: YearCustomer): string[] {
    return this.looks.get(who.serviceId)?.slice(1) ?? [];
  }

  promiseStates(): Promise<unknown[]> {
    return this.world
      .rows<{ id: number; status: string }>('SELECT customer_id AS id, status FROM dunning_promises ORDER BY id')
      .then((rows) => rows.map(({ id, status }) => [id, status]));
  }

  async cutsOutsideHours(): Promise<string[]> {
    const cuts = await this.world.rows<{ at: Date }>(
      `SELECT at FROM dunning_actions WHERE outcome = 'done' AND action IN ('throttle', 'suspend', 'terminate')`,
    );
    return cuts.flatMap(({ at }) => {
      const day = localDate(at, ZONE);
      const within = at >= instantAt(day, 540, ZONE) && at < instantAt(day, 1_020, ZONE);
      return within && isoWeekday(day) <= 5 && day !== HOLIDAY ? [] : [at.toISOString()];
    });
  }

  /** Every document derived again, and the ledger added up. */
  async books() {
    const queries = this.world.use(InvoiceQueries);
    const pages = [await queries.list(ACTOR, {}, ALL), await queries.list(ACTOR, { document: 'credit_note' }, ALL)];
    const ids = pages.flatMap(({ rows }) => rows.filter(({ issuedAt }) => issuedAt !== null).map(({ id }) => id));
    const proofs = [];
    for (const id of ids) proofs.push(await queries.proof(ACTOR, id));
    const unproven = proofs.filter(({ proven }) => !proven).map(({ invoice }) => invoice.number);
    const trialBalance = await this.world.rows(
      'SELECT currency, sum(amount) FROM ledger_postings GROUP BY 1 HAVING sum(amount) <> 0',
    );
    return { proven: proofs.length - unproven.length, unproven, trialBalance };
  }

  /** How often something was charged to a customer. */
  async charged(who: YearCustomer, description: string): Promise<number> {
    const rows = await this.world.rows(
      'SELECT l.id FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.customer_id = $1 AND l.description = $2 AND i.number IS NOT NULL',
      [who.id, description],
    );
    return rows.length;
  }

  /** The customers who are overdue. */
  async owed(): Promise<number[]> {
    const rows = await this.world.rows<{ id: number }>(
      `SELECT DISTINCT customer_id AS id FROM invoices WHERE status = 'overdue' ORDER BY 1`,
    );
    return rows.map(({ id }) => id);
  }

  private plan(month: number, daysAfterDue: number, deed: () => Promise<void>): void {
    this.deeds.push({ at: instantAt(addDays(dueOf(month), daysAfterDue), PEOPLE, ZONE), do: deed });
  }

  private async nextInstant(): Promise<Date | undefined> {
    const [row] = await this.world.rows<{ dunning: Date | null; due: string | null }>(
      `SELECT (SELECT min(next_at) FROM dunning_cases) AS dunning,
              (SELECT min(due_on)::text FROM invoices WHERE status IN ('pending', 'partially_paid')) AS due`,
    );
    const overdue = row?.due ? [instantAt(addDays(row.due, 1), 5, ZONE)] : [];
    const instants = [...this.deeds.map(({ at }) => at), ...(row?.dunning ? [row.dunning] : []), ...overdue];
    return instants.sort((a, b) => a.getTime() - b.getTime())[0];
  }

  private async bill(): Promise<void> {
    for (const { accountId } of Object.values(this.customers)) {
      try {
        await this.world.use(GenerateInvoice).execute({ actor: ACTOR, accountId });
        this.figures.invoices += 1;
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'billing.invoice.nothing_due') throw error;
      }
    }
  }

  private async openInvoices({ accountId }: YearCustomer) {
    return this.world.rows<{ id: number; amount: string }>(
      `SELECT i.id, (i.total_amount - i.settled_amount)::text AS amount FROM invoices i
        WHERE i.account_id = $1 AND i.status IN ('pending', 'partially_paid', 'overdue')
          AND NOT EXISTS (SELECT FROM invoice_disputes d WHERE d.invoice_id = i.id AND d.closed_at IS NULL) ORDER BY i.id`,
      [accountId],
    );
  }

  private async pay(who: YearCustomer): Promise<void> {
    const open = await this.openInvoices(who);
    const amount = open.reduce((sum, one) => sum + Number(one.amount), 0).toFixed(2);
    if (Number(amount) === 0) return;
    const payment = { actor: ACTOR, accountId: who.accountId, amount, method: 'bank_transfer' as const };
    await this.world.use(RecordPayment).execute({ ...payment, invoiceIds: open.map(({ id }) => id) });
  }

  /** Everything that was accepted is done: events are heard, and the network is told. */
  private async settled(): Promise<void> {
    await this.world.until(
      'the workers are idle',
      async () => {
        const [row] = await this.world.rows<{ left: number }>(
          `SELECT ((SELECT count(*) FROM outbox WHERE relayed_at IS NULL)
                 + (SELECT count(*) FROM work_items WHERE status IN ('queued', 'running') AND name IN ('platform.listener', 'dunning.enrol'))
                 + (SELECT count(*) FROM subscribers WHERE convergence <> 'confirmed'))::integer AS left`,
        );
        return row?.left === 0;
      },
      30_000,
    );
  }

  /** Notes what the equipment of each customer has, where that has changed. */
  private async look(): Promise<void> {
    for (const { serviceId } of Object.values(this.customers)) {
      const looks = this.looks.get(serviceId) ?? [];
      this.looks.set(serviceId, looks);
      const wanted = await this.wanted(serviceId);
      if (looks.at(-1) === wanted) continue;
      await this.world.until(
        `service ${serviceId} is ${wanted}`,
        () => this.onTheNetwork(serviceId) === wanted,
        30_000,
      );
      looks.push(wanted);
    }
  }

  private async wanted(serviceId: number): Promise<string> {
    const { status } = await this.world.use(ServiceQueries).get(ACTOR, serviceId);
    if (status === 'terminated') return 'offline';
    if (status === 'suspended') return 'walled garden';
    const [row] = await this.world.rows<{ kbps: number; throttled: boolean }>(
      'SELECT download_kbps AS kbps, throttled FROM subscribers WHERE service_id = $1',
      [serviceId],
    );
    return row?.throttled ? `${row.kbps} kbit/s` : 'open';
  }

  private onTheNetwork(serviceId: number): string {
    const session = this.world.session(serviceId);
    if (!session) return 'offline';
    if (session.isWalledIn) return 'walled garden';
    return session.rate.downloadKbps < 100_000 ? `${session.rate.downloadKbps} kbit/s` : 'open';
  }
}

const dueOf = (month: number): string => addDays(addMonths(FIRST, month), 14);
