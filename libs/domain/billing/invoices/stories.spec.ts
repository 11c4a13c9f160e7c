import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  ApplyDueChanges,
  CancelServiceChange,
  ChangeServicePlan,
  PauseService,
  ResumeService,
  ServiceChangeQueries,
  TerminateService,
} from '@isp/domain/services';
import { DomainError, Money, addDays, addMonths, localDate } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { HISTORIES } from '../../../../test/support/histories.js';
import { randomOf } from '../../../../test/support/random.js';
import {
  active,
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  plans,
  sql,
  suspend,
  use,
} from '../../../../test/support/services-world.js';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AssignService } from '../accounts/assign-service.usecases.js';
import { ChangeAccount } from '../accounts/change-account.usecase.js';
import { OpenAccount } from '../accounts/open-account.usecase.js';
import { BillingModule } from '../billing.module.js';
import { OneOffCharges } from '../charges/one-off-charges.js';
import { periodsDue } from '../engine/billing-periods.js';
import { minorOf } from '../engine/arithmetic.js';
import { chargesDue } from '../engine/charges.js';
import type { InvoicedSum } from '../engine/engine.types.js';
import { priceOf } from '../engine/invoiced-charges.js';
import { groupOf } from '../engine/keys.js';
import { Discounts, PlanPolicies } from '../settings/billing-settings.js';
import { CreditInvoice } from './credit-invoice.usecase.js';
import { GenerateInvoice } from './generate-invoice.usecase.js';
import { InvoiceQueries } from './invoice.queries.js';
import { IssueInvoice, VoidInvoice } from './move-invoice.usecases.js';
import { WriteInvoice } from './write-invoice.usecase.js';

const STORIES = Math.max(6, Math.ceil(HISTORIES / 20));
const STEPS = 30;
const ZONE = 'America/New_York';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

class Story {
  readonly told: string[] = [];
  /** Their own, another of theirs, and one of somebody who may pay for them. */
  private accounts: number[] = [];
  private serviceIds: number[] = [];
  private readonly pick: (most: number) => number;
  private now = 0;

  private readonly region: string;

  constructor(seed: number) {
    this.pick = randomOf(seed);
    this.region = `S${seed}`;
  }

  async begin(): Promise<void> {
    clock.shift = 0;
    const customerId = await customer();
    this.serviceIds = [await active(customerId), await active(customerId)];
    await use(OpenAccount).execute({ actor, customerId, name: 'Another' });
    const rows = await sql<{ id: number }>(
      `SELECT id FROM billing_accounts WHERE customer_id IN (${customerId}, ${await customer()}) ORDER BY id`,
    );
    this.accounts = rows.map(({ id }) => id);
    const [cycle, day] = [[1, 1, 3, 12][this.pick(4)], 1 + this.pick(28)];
    const [timing, proration] = [this.pick(4) === 0 ? 'arrears' : 'advance', this.pick(4) === 0 ? 'second' : 'day'];
    const region = this.pick(3) === 0 ? 'NULL' : `'${this.region}'`;
    const later = addDays(this.today(), 40);
    await sql(`INSERT INTO tax_rates (region, code, name, percent, valid_from, valid_until) VALUES ('${this.region}', 'vat', 'VAT', 15, '2020-01-01', '${later}'),
      ('${this.region}', 'vat', 'VAT', 16.5, '${later}', NULL), ('${this.region}', 'city', 'City', 1.25, '2020-01-01', NULL)`);
    await sql(`UPDATE billing_account_terms SET cycle_months = ${cycle}, billing_day = ${day}, timing = '${timing}', proration = '${proration}', tax_region = ${region}
      WHERE account_id IN (${this.accounts})`);
    this.told.push(`${cycle} months from ${day}, ${timing}, ${proration}, ${region}`);
  }

  /** Something that somebody does, some days later. What is refused is refused. */
  async step(): Promise<void> {
    clock.shift += this.pick(12) * 86_400 + this.pick(86_400);
    await use(ApplyDueChanges).execute();
    await this.follow();
    const deeds = this.deeds();
    const [name, deed] = deeds[this.pick(deeds.length)] as (typeof deeds)[number];
    try {
      await deed();
      this.told.push(`${this.today()} ${name}`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.told.push(`${this.today()} ${name}: ${error.code}`);
    }
    await this.follow();
  }

  today(): string {
    return localDate(clock.now(), ZONE);
  }

  private deeds(): [string, () => Promise<unknown>][] {
    const accountId = this.accounts[this.pick(10) < 7 ? 0 : this.pick(3)] as number;
    const [own, , payer] = this.accounts as [number, number, number];
    const serviceId = this.serviceIds[this.pick(2)] as number;
    const day = (most: number): string => addDays(this.today(), this.pick(most));
    const invoice = (more: object = {}) => use(GenerateInvoice).execute({ actor, accountId, ...more });
    const plan = [plans.home, plans.fast][this.pick(2)] as number;
    return [
      ['invoices', () => invoice()],
      ['invoices', () => invoice()],
      ['drafts', () => invoice({ draft: true })],
      ['invoices a period', async () => invoice({ period: await this.period(accountId) })],
      [
        'issues a draft',
        async () => use(IssueInvoice).execute({ actor, invoiceId: await this.document(accountId, 'draft') }),
      ],
      ['voids', async () => use(VoidInvoice).execute({ actor, invoiceId: await this.document(accountId) })],
      [
        'voids a draft',
        async () => use(VoidInvoice).execute({ actor, invoiceId: await this.document(accountId, 'draft') }),
      ],
      [
        'voids a credit note',
        async () => use(VoidInvoice).execute({ actor, invoiceId: await this.document(accountId, 'issued') }),
      ],
      ['writes by hand', () => this.writeByHand(accountId, serviceId, day(60))],
      [
        'credits',
        async () => use(CreditInvoice).execute({ actor, invoiceId: await this.document(accountId), reason: 'Spec' }),
      ],
      ['credits a part', async () => this.credit(accountId)],
      ['credits a part', async () => this.credit(accountId)],
      ['changes plan', () => use(ChangeServicePlan).execute({ actor, serviceId, planId: plan, when: 'now' })],
      ['orders a plan', () => use(ChangeServicePlan).execute({ actor, serviceId, planId: plan, when: 'period_end' })],
      ['pauses', () => use(PauseService).execute({ actor, serviceId, from: day(9), until: day(30) })],
      ['resumes', () => use(ResumeService).execute({ actor, serviceId })],
      ['suspends', () => suspend(serviceId, 'abuse')],
      ['ends', async () => this.pick(3) === 0 && use(TerminateService).execute({ actor, serviceId, lastDay: day(20) })],
      ['takes an order back', () => this.cancelChange(serviceId)],
      ['discounts', () => this.discount(accountId, serviceId, day(40))],
      ['ends a discount', () => this.endDiscount(accountId, day(40))],
      ['charges', () => this.charge(accountId, serviceId)],
      ['cancels a charge', async () => this.cancelCharge(accountId)],
      [
        'exempts',
        () =>
          use(ChangeAccount).execute({
            actor,
            accountId,
            changes: { exemptions: [{ code: 'city', from: day(20), until: null, certificate: 'X' }] },
          }),
      ],
      ['is exempted late', () => this.exemptLate(accountId)],
      ['hears of a rate late', () => this.rateLate()],
      [
        'moves a service',
        () => use(AssignService).execute({ actor, accountId: this.accounts[this.pick(2)] as number, serviceId }),
      ],
      [
        'is paid for',
        () =>
          use(ChangeAccount).execute({
            actor,
            accountId: own,
            changes: { payerAccountId: this.pick(2) === 0 ? payer : null },
          }),
      ],
      ['changes what parts cost', () => this.policy(plan)],
      [
        'moves the billing day',
        () => use(ChangeAccount).execute({ actor, accountId, changes: { terms: { billingDay: 1 + this.pick(28) } } }),
      ],
    ];
  }

  private async period(accountId: number) {
    const account = (await this.uow(() => use(AccountRepository).get(accountId))) as never;
    const periods = periodsDue(account, addMonths(this.today(), 6));
    const period = periods[Math.max(0, periods.length - 1 - this.pick(8))];
    return { startDate: period?.billedFrom ?? '', endDate: addDays(period?.billedUntil ?? this.today(), -1) };
  }

  private async document(accountId: number, status = 'pending'): Promise<number> {
    const rows = await sql<{ id: number }>(
      `SELECT id FROM invoices WHERE account_id = ${accountId} AND (status = '${status}' OR ('${status}' = 'pending' AND status IN ('paid', 'partially_paid', 'overdue'))) ORDER BY id DESC LIMIT 6`,
    );
    return rows[this.pick(Math.max(rows.length, 1))]?.id ?? 0;
  }

  private async credit(accountId: number): Promise<unknown> {
    const invoiceId = await this.document(accountId);
    const { lines } = await use(InvoiceQueries).get(actor, invoiceId);
    const line = lines[this.pick(Math.max(lines.length, 1))];
    const amount = Money.of(line?.amount ?? '0', 'USD')
      .times(1 + this.pick(100))
      .dividedBy(100)
      .rounded();
    return use(CreditInvoice).execute({
      actor,
      invoiceId,
      lines: [{ position: line?.position ?? 1, amount: amount.amount.toFixed() }],
      reason: 'Spec',
    });
  }

  private writeByHand(accountId: number, serviceId: number, from: string): Promise<unknown> {
    const period = { startDate: from, endDate: addDays(from, this.pick(40)) };
    const line = { serviceId, description: 'By hand', amount: '10', quantity: '1', prorationFactor: '1' };
    const draft = this.pick(3) === 0;
    return use(WriteInvoice).execute({ actor, accountId, kind: 'recurring', period, lines: [line], draft });
  }

  private policy(planId: number): Promise<unknown> {
    const either = <T>(one: T, other: T): T => (this.pick(2) === 0 ? one : other);
    return use(PlanPolicies).put(actor, planId, {
      termination: either('prorate', 'full'),
      pause: either('credit', 'charge'),
      suspension: either('credit', 'charge'),
      upgrade: either('prorate', 'next_period'),
      downgrade: either('prorate', 'next_period'),
    });
  }

  private async cancelChange(serviceId: number): Promise<unknown> {
    const { rows } = await use(ServiceChangeQueries).list(actor, serviceId, {}, { limit: 5, offset: 0 });
    const changeId = rows.find(({ status }) => status === 'scheduled')?.id ?? 0;
    return use(CancelServiceChange).execute({ actor, serviceId, changeId });
  }

  private discount(accountId: number, serviceId: number, from: string): Promise<unknown> {
    const off =
      this.pick(2) === 0
        ? { percent: String(10 * (1 + this.pick(10))), monthlyAmount: null }
        : { percent: null, monthlyAmount: String(1 + this.pick(90)) };
    const until = this.pick(2) === 0 ? null : addDays(from, 1 + this.pick(60));
    return use(Discounts).add(actor, accountId, {
      ...off,
      serviceId: this.pick(2) === 0 ? null : serviceId,
      name: 'D',
      from: addDays(from, -20),
      until,
    });
  }

  /** From some weeks ago, for a while or for good; or of nothing any more. */
  private exemptLate(accountId: number): Promise<unknown> {
    const from = addDays(this.today(), -this.pick(70));
    const until = this.pick(2) === 0 ? null : addDays(from, 1 + this.pick(40));
    const exemptions = [{ code: this.pick(2) === 0 ? 'vat' : null, from, until, certificate: 'Y' }];
    return use(ChangeAccount).execute({
      actor,
      accountId,
      changes: { exemptions: this.pick(3) === 0 ? [] : exemptions },
    });
  }

  /** A tax of the region has been another since some weeks ago, and may be within prices now. */
  private async rateLate(): Promise<void> {
    const [percent, on, within] = [5 + this.pick(20), addDays(this.today(), -this.pick(70)), this.pick(3) === 0];
    const city = `region = '${this.region}' AND code = 'city'`;
    await sql(`DELETE FROM tax_rates WHERE ${city} AND valid_from >= '${on}'`);
    await sql(
      `UPDATE tax_rates SET valid_until = '${on}' WHERE ${city} AND coalesce(valid_until, 'infinity') > '${on}'`,
    );
    await sql(`INSERT INTO tax_rates (region, code, name, percent, inclusive, valid_from)
      VALUES ('${this.region}', 'city', 'City', ${percent}, ${within}, '${on}')`);
  }

  private async endDiscount(accountId: number, on: string): Promise<unknown> {
    const all = await use(Discounts).list(actor, accountId);
    return use(Discounts).end(actor, accountId, all[this.pick(Math.max(all.length, 1))]?.id ?? 0, on);
  }

  private charge(accountId: number, serviceId: number): Promise<unknown> {
    const unitAmount = ((1 + this.pick(9_000)) / 100).toFixed(2);
    return use(OneOffCharges).add(actor, accountId, { description: 'C', quantity: '1', unitAmount, serviceId });
  }

  private async cancelCharge(accountId: number): Promise<unknown> {
    const { rows } = await use(OneOffCharges).list(actor, accountId, { limit: 9, offset: 0 });
    const id = rows[this.pick(Math.max(rows.length, 1))]?.id ?? 0;
    return use(OneOffCharges).cancel(actor, accountId, id);
  }

  /** Prices begin by the clock of the database, which does not move with ours. */
  private async follow(): Promise<void> {
    const rows = await sql<{ now: number }>(
      `SELECT coalesce(max(id), 0)::integer AS now FROM service_terms WHERE service_id IN (${this.serviceIds})`,
    );
    const last = rows[0]?.now ?? 0;
    if (this.now > 0 && last > this.now)
      await sql(
        `UPDATE service_terms SET valid_from = '${clock.now().toISOString()}' WHERE id > ${this.now} AND service_id IN (${this.serviceIds})`,
      );
    this.now = last;
  }

  private uow<T>(work: () => Promise<T>): Promise<T> {
    return use(UnitOfWork).run(actor, work);
  }

  /** Everything is invoiced; and what was adds up to what should be, group by group. */
  async check(): Promise<string[]> {
    const wrong: string[] = [];
    for (const accountId of this.accounts) wrong.push(...(await this.checkOf(accountId)));
    return wrong;
  }

  private async checkOf(accountId: number): Promise<string[]> {
    const wrong: string[] = [];
    const drafts = await sql<{ id: number }>(
      `SELECT id FROM invoices WHERE account_id = ${accountId} AND status = 'draft'`,
    );
    for (const { id: invoiceId } of drafts) await use(VoidInvoice).execute({ actor, invoiceId });
    const invoice = () =>
      use(GenerateInvoice)
        .execute({ actor, accountId })
        .then(
          () => 'more',
          (error: DomainError) => error.code,
        );
    await invoice();
    const { computed } = await use(GenerateInvoice).preview(actor, accountId, this.today());
    if (computed.lines.length > 0) wrong.push('there is a preview of what is invoiced');
    const again = await invoice();
    if (again !== 'billing.invoice.nothing_due') wrong.push(`again: ${again}`);
    const issued = await sql<{ id: number }>(
      `SELECT id FROM invoices WHERE account_id = ${accountId} AND number IS NOT NULL`,
    );
    for (const { id } of issued)
      if (!(await use(InvoiceQueries).proof(actor, id)).proven) wrong.push(`document ${id} is not proven`);
    return [...wrong, ...(await this.groups(accountId))];
  }

  private async groups(accountId: number): Promise<string[]> {
    const facts = await this.uow(async () => {
      const account = await use(AccountRepository).lock(accountId);
      return use(AccountFacts).of(account, this.today());
    });
    const discounts = [...facts.discounts].sort((a, b) => a.id - b.id);
    const should = sumsOf(chargesDue({ ...facts, discounts }));
    const charged = sumsOf(facts.invoiced);
    const credited = sumsOf(facts.invoiced.flatMap(({ key, credits }) => credits.map((one) => ({ ...one, key }))));
    return [...new Set([...should.keys(), ...charged.keys()])].flatMap((group) => {
      const [wanted, off, all] = [should, credited, charged].map((sums) => sums.get(group) ?? NOTHING) as [
        Sums,
        Sums,
        Sums,
      ];
      const left = { price: all.price + off.price, taxes: all.taxes + off.taxes };
      // Who credits a document takes back what it gave, too.
      const [least, most] = [wanted.price, wanted.price + off.price].sort((a, b) => a - b) as [number, number];
      const right = left.price <= most && left.price >= Math.max(least, 0);
      const taxed = off.price > 0 || (left.taxes >= 0 && left.taxes <= (left.price === 0 ? 0 : wanted.taxes));
      return right && taxed ? [] : [JSON.stringify({ group, left, wanted, off })];
    });
  }
}

/** Of a group of charges, in cents: what their prices come to, with the taxes that are within, and all taxes. */
type Sums = Readonly<Record<'price' | 'taxes', number>>;
const NOTHING: Sums = { price: 0, taxes: 0 };

function sumsOf(lines: readonly (InvoicedSum & { readonly key: string })[]): Map<string, Sums> {
  const all = new Map<string, Sums>();
  for (const line of lines) {
    const was = all.get(groupOf(line.key)) ?? NOTHING;
    const taxes = line.taxes.reduce((sum, { amount }) => sum + minorOf(amount, 'USD'), was.taxes);
    all.set(groupOf(line.key), { price: was.price + minorOf(priceOf(line, 'USD').toText(), 'USD'), taxes });
  }
  return all;
}

const first = 1 + Math.floor(Math.random() * 1_000_000_000);

it(
  'whatever people do in whichever order, everything is charged once and given back once',
  async () => {
    const wrong: object[] = [];
    for (let n = 0; n < STORIES; n += 1) {
      const story = new Story(first + n);
      await story.begin();
      for (let step = 0; step < STEPS; step += 1) await story.step();
      const problems = await story.check();
      if (problems.length > 0) wrong.push({ seed: first + n, problems, told: story.told });
    }
    expect(wrong).toEqual([]);
  },
  60_000 + STORIES * 20_000,
);
