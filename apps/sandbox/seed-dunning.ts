import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InvoiceQueries, MarkOverdue } from '@isp/domain/billing';
import { AssessAccount, DunningPolicies, type DunningStep, Holidays, SweepDunning } from '@isp/domain/dunning';
import { type Clock, addDays, addSeconds, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { ALL, SEEDER } from './seeder.js';

/** Days before now that dunning is lived through, and seconds from one sweep to the next. */
const DAYS = 8;
const SWEEP_SECONDS = 4 * 3_600;
/** Whoever is late for so long was dunned before; the others are left to the worker. */
const LONG_LATE = 30;

const NONE = { minAmount: '0', amount: null, downloadKbps: null, uploadKbps: null };
const HOLIDAYS = [
  ['01-01', 'New Year’s Day'],
  ['07-04', 'Independence Day'],
  ['12-25', 'Christmas Day'],
] as const;
const STEPS: readonly DunningStep[] = [
  { ...NONE, days: 5, action: 'reminder' },
  { ...NONE, days: 7, action: 'throttle', downloadKbps: 2_000, uploadKbps: 2_000 },
  { ...NONE, days: 15, action: 'suspend', minAmount: '5' },
];
const POLICY = {
  name: 'Default',
  currency: 'USD',
  partnerId: null,
  planId: null,
  tag: null,
  graceDays: 5,
  gapDays: 1,
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 9 * 60,
  untilMinute: 17 * 60,
  calendar: 'US',
  reconnectionAmount: '10',
  steps: STEPS,
};

/**
 * The default policy of the sandbox, and its last days; nothing where there is a policy already. All or nothing: a worker
 * that runs already would look at those who are late as of today.
 */
export function seedDunning(app: NestFastifyApplication): Promise<void> {
  return app.get(UnitOfWork).run(SEEDER, async () => {
    const policies = app.get(DunningPolicies, { strict: false });
    if ((await policies.list(SEEDER, {}, ALL)).total > 0) return;
    const now = app.get<Clock>(CLOCK, { strict: false }).now();
    await addHolidays(app, Number(localDate(now, 'UTC').slice(0, 4)));
    await policies.create(SEEDER, POLICY);
    await app.get(MarkOverdue, { strict: false }).execute();
    await liveThrough(app, now);
  });
}

async function addHolidays(app: NestFastifyApplication, thisYear: number): Promise<void> {
  for (const year of [thisYear, thisYear + 1])
    for (const [day, name] of HOLIDAYS)
      await app.get(Holidays, { strict: false }).add(SEEDER, { calendar: 'US', on: `${year}-${day}`, name });
}

async function liveThrough(app: NestFastifyApplication, now: Date): Promise<void> {
  const filter = { status: 'overdue', dueBefore: addDays(localDate(now, 'UTC'), -LONG_LATE) } as const;
  const { rows } = await app.get(InvoiceQueries, { strict: false }).list(SEEDER, filter, ALL);
  const from = addSeconds(now, -DAYS * 86_400);
  for (const accountId of new Set(rows.map((invoice) => invoice.accountId)))
    await app.get(AssessAccount, { strict: false }).execute({ actor: SEEDER, accountId, cause: 'time', at: from });
  for (let passed = 0; passed <= DAYS * 86_400; passed += SWEEP_SECONDS)
    await app.get(SweepDunning, { strict: false }).execute(addSeconds(from, passed));
}
