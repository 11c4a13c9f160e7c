import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Actor } from '@isp/contracts';
import {
  active,
  actor,
  closeServices,
  customer,
  dayIn,
  openServices,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { ChangeAccount } from '../accounts/change-account.usecase.js';
import { BillingModule } from '../billing.module.js';
import { GenerateInvoice } from './generate-invoice.usecase.js';
import { WhatIf } from './what-if.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

it('computes what a customer pays for others, and nothing for those who may not see the account', async () => {
  const [payer, payee] = [await customer(), await customer()];
  const serviceId = await active(payee);
  const [row] = await sql<{ mine: number; theirs: number }>(
    `SELECT (SELECT id FROM billing_accounts WHERE customer_id = ${payer}) AS mine, (SELECT id FROM billing_accounts WHERE customer_id = ${payee}) AS theirs`,
  );
  const { mine: accountId = 0, theirs = 0 } = row ?? {};
  await use(ChangeAccount).execute({ actor, accountId: theirs, changes: { payerAccountId: accountId } });
  const on = await dayIn(80);
  const as = (customerId: number): Actor => ({ ...actor, kind: 'user', reach: 'customer', customerId });
  const preview = (who: Actor) => use(GenerateInvoice).preview(who, accountId, on);
  const whatIf = (who: Actor) =>
    use(WhatIf).execute({ actor: who, accountId, on, change: { kind: 'cancel', serviceId } });
  const [seen, all] = [await preview(as(payer)), await preview(actor)];
  expect(all.computed.lines.map((line) => line.serviceId)).toContain(serviceId);
  expect(seen.computed).toEqual(all.computed);
  const [mine, whole] = [await whatIf(as(payer)), await whatIf(actor)];
  expect([mine.difference.toText(), mine.without.computed]).toEqual([
    whole.difference.toText(),
    whole.without.computed,
  ]);
  const unseen = expect.objectContaining({ code: 'billing.account.not_found' }) as never;
  for (const ask of [preview, whatIf]) await expect(ask(as(payee))).rejects.toEqual(unseen);
});
