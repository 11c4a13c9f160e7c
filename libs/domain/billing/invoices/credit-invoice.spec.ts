import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  active,
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { localDate } from '@isp/kernel';
import { ChangeAccount } from '../accounts/change-account.usecase.js';
import { Discounts } from '../settings/billing-settings.js';
import { GenerateInvoice } from './generate-invoice.usecase.js';
import { IssueInvoice } from './move-invoice.usecases.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { CreditInvoice } from './credit-invoice.usecase.js';
import { WriteInvoice } from './write-invoice.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;
/** An invoice with a line for each amount. */
async function invoiced(...amounts: readonly string[]) {
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${await customer()}`);
  const accountId = row?.id ?? 0;
  const lines = amounts.map((amount) => ({ description: 'Work', amount, quantity: '1', prorationFactor: '1' }));
  return { accountId, id: (await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines })).id };
}
const credit = (invoiceId: number, amount?: string) => {
  const lines = amount === undefined ? undefined : [{ position: 1, amount }];
  return use(CreditInvoice).execute({ actor, invoiceId, lines, reason: 'Spec' });
};
const stateOf = async (id: number) =>
  (
    await sql(
      `SELECT status, total_amount::text AS total, settled_amount::text AS settled, credited_amount::text AS credited FROM invoices WHERE id = ${id}`,
    )
  )[0];

describe('an invoice from which something was taken off', () => {
  it('is credited in full, and in what is left after a part', async () => {
    const [whole, parts] = [await invoiced('100', '-20'), await invoiced('100', '-20')];
    expect(await credit(whole.id)).toMatchObject({ totalAmount: '-80.0000' });
    await credit(parts.id, '30');
    expect(await credit(parts.id)).toMatchObject({ totalAmount: '-50.0000' });
    const paid = { status: 'paid', total: '80.0000', settled: '80.0000', credited: '80.0000' };
    expect([await stateOf(whole.id), await stateOf(parts.id)]).toEqual([paid, paid]);
    await expect(credit(whole.id)).rejects.toEqual(refusal('billing.credit.nothing_left'));
  });

  it('is not credited by more than it came to, nor by nothing', async () => {
    const { id } = await invoiced('100', '-20');
    await expect(credit(id, '90')).rejects.toEqual(refusal('billing.credit.too_much'));
    await expect(credit(id, '100.01')).rejects.toEqual(refusal('billing.credit.too_much'));
    await expect(credit(id, '0.004')).rejects.toEqual(refusal('billing.amount.unfit'));
    await credit(id, '80');
    // What is left of the one line is what the other took off.
    await expect(credit(id)).rejects.toEqual(refusal('billing.credit.nothing_left'));
  });

  it('is paid once by a payment that names it twice', async () => {
    const { id, accountId } = await invoiced('10');
    const paid = { actor, accountId, amount: '15', method: 'cash', invoiceIds: [id, id] } as const;
    await use(RecordPayment).execute(paid);
    expect(await stateOf(id)).toMatchObject({ status: 'paid', settled: '10.0000' });
  });
});

describe('what the engine charged', () => {
  const today = (): string => localDate(clock.now(), 'America/New_York');
  /** A month of a service that was invoiced today. */
  async function month(taxed = false) {
    const customerId = await customer();
    await active(customerId);
    const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
    const accountId = row?.id ?? 0;
    if (taxed) await sql(`UPDATE billing_account_terms SET tax_region = 'CR' WHERE account_id = ${accountId}`);
    const invoice = (more: object = {}) => use(GenerateInvoice).execute({ actor, accountId, ...more });
    return { accountId, invoice };
  }
  const half = { serviceId: null, name: 'Half', percent: '50', monthlyAmount: null, until: null };

  it('and put into a draft before it was credited counts from when the draft was issued', async () => {
    const { accountId, invoice } = await month();
    const from = '2020-01-01';
    const discount = await use(Discounts).add(actor, accountId, { ...half, from });
    const first = await invoice();
    await sql(`DELETE FROM billing_discounts WHERE id = ${discount.id}`);
    const draft = await invoice({ draft: true });
    clock.shift += 60;
    await credit(first.id, '1');
    clock.shift += 60;
    await use(IssueInvoice).execute({ actor, invoiceId: draft.id });
    await use(Discounts).add(actor, accountId, { ...half, from });
    const back = await invoice();
    expect(Number(back.totalAmount)).toBe(-Number(draft.totalAmount));
  });

  it('has only those taxes credited that were not given back', async () => {
    await sql(
      `INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('CR', 'vat', 'VAT', 10, '2020-01-01')`,
    );
    const { accountId, invoice } = await month(true);
    const first = await invoice();
    expect(Number(first.taxAmount)).toBeGreaterThan(0);
    const exemptions = [{ code: 'vat', from: today(), until: null, certificate: 'X' }];
    await use(ChangeAccount).execute({ actor, accountId, changes: { exemptions } });
    expect(Number((await invoice()).totalAmount)).toBe(-Number(first.taxAmount));
    const note = await credit(first.id);
    expect([note.subtotalAmount, note.taxAmount].map(Number)).toEqual([-Number(first.subtotalAmount), 0]);
    await expect(invoice()).rejects.toEqual(refusal('billing.invoice.nothing_due'));
  });

  it('is credited in full where it is taxes alone', async () => {
    await sql(
      `INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('CT', 'vat', 'VAT', 10, '2020-01-01')`,
    );
    const { accountId, invoice } = await month(true);
    await sql(`UPDATE billing_account_terms SET tax_region = 'CT' WHERE account_id = ${accountId}`);
    const first = await invoice();
    await sql(`UPDATE tax_rates SET percent = 20 WHERE region = 'CT'`);
    const more = await invoice();
    expect(Number(more.subtotalAmount)).toBe(0);
    expect(Number(more.taxAmount)).toBeCloseTo(Number(first.taxAmount), 1);
    await expect(credit(more.id, '1')).rejects.toEqual(refusal('billing.credit.unfit_line'));
    expect(Number((await credit(more.id)).totalAmount)).toBe(-Number(more.totalAmount));
    await expect(credit(more.id)).rejects.toEqual(refusal('billing.credit.nothing_left'));
    await expect(invoice()).rejects.toEqual(refusal('billing.invoice.nothing_due'));
  });
});
