import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApplyDueChanges,
  CancelServiceChange,
  ChangeServicePlan,
  PauseService,
  TerminateService,
} from '@isp/domain/services';
import { addDays, addMonths, localDate, startOfDay, systemClock } from '@isp/kernel';
import {
  active,
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  plans,
  read,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { GenerateInvoice } from '../invoices/generate-invoice.usecase.js';
import { InvoiceQueries } from '../invoices/invoice.queries.js';
import { WhatIf } from '../invoices/what-if.usecase.js';
import { type OrderedChange, asOrdered } from './ordered-changes.js';

const ZONE = 'America/New_York';
/** The first day of the month after the next: whole months of it are ahead. */
const first = addMonths(`${localDate(systemClock.now(), ZONE).slice(0, 8)}01`, 2);
const day = (n: number): string => addDays(first, n - 1);
/** So many seconds after a day has begun. */
const goTo = (on: string, seconds = 0): void => {
  clock.shift = (startOfDay(on, ZONE).getTime() - systemClock.now().getTime()) / 1_000 + seconds;
};
const nothingDue = expect.objectContaining({ code: 'billing.invoice.nothing_due' }) as never;

let serviceId: number;
let accountId: number;
beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);
beforeEach(async () => {
  clock.shift = 0;
  const customerId = await customer();
  serviceId = await active(customerId);
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  accountId = row?.id ?? 0;
  goTo(day(1), -600);
  await use(GenerateInvoice).execute({ actor, accountId });
});

/** The lines of a month, by their days. */
async function invoiced(): Promise<string[]> {
  const { id } = await use(GenerateInvoice).execute({ actor, accountId });
  const { lines } = await use(InvoiceQueries).get(actor, id);
  return lines.map(({ kind, from, until, amount }) => `${kind} ${from} ${until ?? ''} ${Number(amount)}`);
}
const share = (days: number, monthly = 79.99): number => {
  const whole = (Date.parse(addMonths(first, 1)) - Date.parse(first)) / 86_400_000;
  return Math.round((monthly * 100 * days) / whole) / 100;
};
const previewed = async (): Promise<string[]> => {
  const { computed } = await use(GenerateInvoice).preview(actor, accountId, first);
  return computed.lines.map(({ from, until }) => `${from} ${until}`);
};

describe('what is ordered', () => {
  it('ends a service on the day that was asked for, in the preview, the invoice and afterwards', async () => {
    await use(TerminateService).execute({ actor, serviceId, lastDay: day(10) });
    expect(await previewed()).toEqual([`${day(1)} ${day(11)}`]);
    goTo(day(1), 5);
    expect(await invoiced()).toEqual([`recurring ${day(1)} ${day(11)} ${share(10)}`]);
    // Carried out late, also by hours: the day that was not ordered is nobody's to pay.
    goTo(day(11), 7_200);
    await use(ApplyDueChanges).execute();
    expect(await read(serviceId)).toMatchObject({ status: 'terminated', terminatedAt: startOfDay(day(11), ZONE) });
    await expect(invoiced()).rejects.toEqual(nothingDue);
  });

  it('pauses a service for the days that were asked for', async () => {
    await use(PauseService).execute({ actor, serviceId, from: day(10), until: day(11) });
    expect(await previewed()).toEqual([`${day(1)} ${day(10)}`, `${day(11)} ${addMonths(first, 1)}`]);
    goTo(day(1), 5);
    const [before, rest] = await invoiced();
    expect([before, rest?.split(' ')[1]]).toEqual([`recurring ${day(1)} ${day(10)} ${share(9)}`, day(11)]);
    goTo(day(10), 2);
    await use(ApplyDueChanges).execute();
    await expect(invoiced()).rejects.toEqual(nothingDue);
    goTo(day(11), 2);
    await use(ApplyDueChanges).execute();
    await expect(invoiced()).rejects.toEqual(nothingDue);
  });

  it('changes the price of the days behind it', async () => {
    goTo(addDays(day(1), -1), 60);
    await use(ChangeServicePlan).execute({ actor, serviceId, planId: plans.fast, when: 'period_end' });
    goTo(day(1), 1);
    expect(await invoiced()).toEqual([`recurring ${day(1)} ${addMonths(first, 1)} 99.99`]);
    await use(ApplyDueChanges).execute();
    // Prices begin by the clock of the database, which does not move with ours.
    await sql(
      `UPDATE service_terms SET valid_from = '${clock.now().toISOString()}' WHERE service_id = ${serviceId} AND plan_id = ${plans.fast}`,
    );
    await expect(invoiced()).rejects.toEqual(nothingDue);
  });

  it('is charged after all when it is taken back', async () => {
    const { change } = await use(TerminateService).execute({ actor, serviceId, lastDay: day(10) });
    goTo(day(1), 5);
    await invoiced();
    await use(CancelServiceChange).execute({ actor, serviceId, changeId: change.id });
    expect(await invoiced()).toEqual([`adjustment ${day(1)} ${addMonths(first, 1)} ${(79.99 - share(10)).toFixed(2)}`]);
  });

  it('is known to a what-if, which may end the service sooner', async () => {
    await use(TerminateService).execute({ actor, serviceId, lastDay: day(10) });
    const { without, withChange } = await use(WhatIf).execute({
      actor,
      accountId,
      on: first,
      change: { kind: 'cancel', serviceId },
    });
    expect([without, withChange].map(({ computed }) => computed.net.toText())).toEqual([share(10).toFixed(2), '0.00']);
  });
});

it('a break without an end that is to come is over when the service is to be resumed after it', () => {
  const ordered = (kind: OrderedChange['kind'], at: string): OrderedChange => {
    return { serviceId: 1, kind, at: new Date(at), until: null, price: null };
  };
  const running = { terminatedAt: null, prices: [], blocks: [] };
  const breaks = (...changes: OrderedChange[]) => asOrdered(running, changes).blocks;
  const from = new Date('2030-01-05');
  expect(breaks(ordered('pause', '2030-01-05'), ordered('resume', '2030-01-20'))).toEqual([
    { cause: 'pause', from, until: new Date('2030-01-20') },
  ]);
  expect(breaks(ordered('resume', '2030-01-02'), ordered('pause', '2030-01-05'))).toEqual([
    { cause: 'pause', from, until: null },
  ]);
});
