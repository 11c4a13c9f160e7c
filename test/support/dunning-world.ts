import { BillingModule, MarkOverdue, OneOffCharges, RecordPayment, WriteInvoice } from '@isp/domain/billing';
import {
  AssessAccount,
  CaseQueries,
  DunningModule,
  DunningPolicies,
  type DunningStep,
  DunningWorkerModule,
  type LookCause,
  type NewPolicy,
  type StepAction,
  SweepDunning,
} from '@isp/domain/dunning';
import { systemClock } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { UsageModule } from '@isp/domain/usage';
import { active, actor, clock, customer, openServices, sql, use } from './services-world.js';

export const step = (days: number, action: StepAction, more: Partial<DunningStep> = {}): DunningStep => ({
  days,
  action,
  minAmount: '0',
  amount: null,
  downloadKbps: null,
  uploadKbps: null,
  ...more,
});
export const POLICY: NewPolicy = {
  name: 'Default',
  currency: 'USD',
  partnerId: null,
  planId: null,
  tag: null,
  graceDays: 5,
  gapDays: 1,
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 540,
  untilMinute: 1020,
  calendar: 'US',
  reconnectionAmount: '10',
  steps: [
    step(5, 'reminder'),
    step(7, 'throttle', { downloadKbps: 2_000, uploadKbps: 2_000 }),
    step(10, 'late_fee', { amount: '5' }),
    step(15, 'suspend', { minAmount: '20' }),
  ],
};
export const at = (instant: string): void =>
  void (clock.shift = (Date.parse(instant) - systemClock.now().getTime()) / 1000);

/** The services world with dunning above it, and two policies; one ends what a customer with the tag `strict` has. */
export async function openDunning(): Promise<void> {
  await openServices(BillingModule, UsageModule, DunningModule, DunningWorkerModule);
  await sql(`UPDATE partners SET time_zone = 'America/New_York'`);
  await use(DunningPolicies).create(actor, POLICY);
  const ends = [...POLICY.steps, step(30, 'terminate', { minAmount: '20' })];
  await use(DunningPolicies).create(actor, { ...POLICY, name: 'Strict', tag: 'strict', steps: ends });
}

export interface Debtor {
  readonly customerId: number;
  readonly accountId: number;
  readonly serviceId: number;
}

export async function debtor(): Promise<Debtor> {
  const customerId = await customer();
  const serviceId = await active(customerId);
  const [account] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  return { customerId, serviceId, accountId: account?.id ?? 0 };
}
export const bill = async (accountId: number, amount = '50', dueOn = '2027-03-01') =>
  (
    await use(WriteInvoice).execute({
      actor,
      accountId,
      kind: 'one_off',
      dueOn,
      lines: [{ description: 'Internet', amount, quantity: '1', prorationFactor: '1' }],
    })
  ).id;
export const act = (work: () => Promise<void>) => use(UnitOfWork).run(actor, work);
export const look = (accountId: number, cause: LookCause = 'time') =>
  use(AssessAccount).execute({ actor, accountId, cause });
/** What the workers do: mark, be told, sweep. Two sweep at once. */
export async function live(instant: string, ...accountIds: number[]): Promise<void> {
  at(instant);
  await use(MarkOverdue).execute();
  for (const id of accountIds) await look(id);
  await Promise.all([use(SweepDunning).execute(), use(SweepDunning, 1).execute()]);
}
export async function pay(accountId: number, amount = '50') {
  const payment = await use(RecordPayment).execute({ actor, accountId, amount, method: 'cash' });
  await look(accountId, 'money');
  return payment.id;
}
export const caseOf = async (accountId: number) => {
  const { rows } = await use(CaseQueries).list(actor, { accountId }, { limit: 10, offset: 0 });
  return use(CaseQueries).get(actor, rows[0]?.id ?? 0);
};
export const history = async (accountId: number) =>
  (await caseOf(accountId)).history.map(({ action, outcome, reason }) =>
    [action, outcome, reason].filter(Boolean).join(' '),
  );
export const rate = async (serviceId: number) =>
  (
    await sql<{ row: unknown[] }>(
      `SELECT json_build_array(access, throttled, download_kbps) AS row FROM subscribers WHERE service_id = ${serviceId}`,
    )
  )[0]?.row;
export const FULL = ['open', false, 100_000];
export const told = async (customerId: number) =>
  (
    await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE name LIKE 'dunning.%' AND (payload->>'customer_id')::int = ${customerId} ORDER BY id`,
    )
  ).map(({ name }) => name.replace(/^dunning[.]|[.]v1$/g, ''));
/** What the next invoice will charge. */
export const fees = async (accountId: number) =>
  (await use(OneOffCharges).list(actor, accountId, { limit: 20, offset: 0 })).rows
    .map(({ unitAmount }) => Number(unitAmount))
    .reverse();
