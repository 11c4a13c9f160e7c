import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actor, closeServices, customer, openServices, sql, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { OverdueQueries } from '../collection/overdue.queries.js';
import { CreditInvoice } from '../invoices/credit-invoice.usecase.js';
import { VoidInvoice } from '../invoices/move-invoice.usecases.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { RefundPayment } from '../payments/refund-payment.usecase.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { ReverseWriteOff, WriteOffAccount, WriteOffInvoice } from './write-off-debts.usecases.js';
import { WriteOffSmallBalances } from './write-off-small-balances.usecase.js';
import { WriteOffQueries } from './write-off.queries.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;

async function account(): Promise<number> {
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${await customer()}`);
  return row?.id ?? 0;
}
const bill = async (accountId: number, amount: string, dueOn?: string) => {
  const lines = [{ description: 'Work', amount, quantity: '1', prorationFactor: '1' }];
  return (await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines, dueOn })).id;
};
async function billed(amount: string) {
  const accountId = await account();
  return { accountId, invoiceId: await bill(accountId, amount) };
}
/** Of an invoice with a tax of a fifth: 100 and 20. */
async function taxed() {
  const accountId = await account();
  await sql(`SELECT set_config('app.unrestricted', 'on', true);
    INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, 100, 20, 120, 'spec' FROM billing_accounts WHERE id = ${accountId};
    INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
    SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 100, 20, '[{"code": "vat", "name": "VAT", "percent": "20", "inclusive": false, "amount": "20"}]',
           '{"rule": "once", "amount": "100"}' FROM invoices WHERE account_id = ${accountId};
    SELECT i.id FROM (SELECT array_agg(id) AS ids FROM invoices WHERE account_id = ${accountId}) d
     CROSS JOIN LATERAL issue_documents(d.ids, now(), ARRAY[current_date], ARRAY[current_date - 40]) i`);
  const [row] = await sql<{ id: number }>(`SELECT id FROM invoices WHERE account_id = ${accountId}`);
  return { accountId, invoiceId: row?.id ?? 0 };
}
const writeOff = (invoiceId: number, amount?: string, reclaimTax?: boolean) =>
  use(WriteOffInvoice).execute({ actor, invoiceId, amount, reclaimTax, reason: 'uncollectable' });
const pay = (accountId: number, amount: string, invoiceIds?: readonly number[]) =>
  use(RecordPayment).execute({ actor, accountId, amount, method: 'cash', invoiceIds });
const stateOf = async (id: number) =>
  (
    await sql(
      `SELECT status, settled_amount::float8 AS settled, paid_amount::float8 AS paid, written_off_amount::float8 AS "writtenOff" FROM invoices WHERE id = ${id}`,
    )
  )[0];
/** What each account of the ledger came to by write-offs alone. */
const booked = async (accountId: number) =>
  Object.fromEntries(
    (
      await sql<{ ledger_account: string; amount: number }>(
        `SELECT ledger_account, sum(amount)::float8 AS amount FROM ledger_postings WHERE account_id = ${accountId}
            AND event IN ('invoice.written_off', 'invoice.write_off_reversed') GROUP BY 1 HAVING sum(amount) <> 0`,
      )
    ).map(({ ledger_account: name, amount }) => [name, amount]),
  );
const told = async (invoiceId: number) =>
  (
    await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE payload ->> 'invoice_id' = '${invoiceId}' AND name LIKE '%writ%' ORDER BY id`,
    )
  ).map(({ name }) => name.replace('billing.invoice.', ''));

describe('a debt that is written off', () => {
  it('is a loss, and nobody is asked for it', async () => {
    const { accountId, invoiceId } = await billed('100');
    const written = await writeOff(invoiceId);
    expect(written).toMatchObject({ amount: '100.0000', reclaimedTaxAmount: '0.0000', reason: 'uncollectable' });
    expect(await stateOf(invoiceId)).toEqual({ status: 'uncollectible', settled: 100, paid: 0, writtenOff: 100 });
    expect(await booked(accountId)).toEqual({ bad_debt: 100, receivable: -100 });
    expect(await use(OverdueQueries).net(actor, accountId)).toMatchObject({ overdueAmount: '0' });
    const { rows, closing } = await use(LedgerQueries).statement(actor, accountId, {});
    expect(Number(closing)).toBe(0);
    expect(rows[0]).toMatchObject({ event: 'invoice.written_off', amount: '-100.0000' });
    expect(await told(invoiceId)).toEqual(['written_off.v1']);
    const [noted] = await sql(
      `SELECT changes ->> 'amount' AS amount, changes ->> 'reason' AS reason FROM audit_entries WHERE action = 'invoice.write_off' AND subject_id = '${invoiceId}'`,
    );
    expect(noted).toEqual({ amount: '100.0000', reason: 'uncollectable' });
  });

  it('may be a part, and several parts, but never more than is open', async () => {
    const { accountId, invoiceId } = await billed('100');
    await pay(accountId, '30');
    await writeOff(invoiceId, '20');
    expect(await stateOf(invoiceId)).toEqual({ status: 'partially_paid', settled: 50, paid: 30, writtenOff: 20 });
    await expect(writeOff(invoiceId, '50.01')).rejects.toEqual(refusal('billing.write_off.too_much'));
    await expect(writeOff(invoiceId, '0')).rejects.toEqual(refusal('billing.payment.unfit'));
    await writeOff(invoiceId);
    expect(await stateOf(invoiceId)).toEqual({ status: 'uncollectible', settled: 100, paid: 30, writtenOff: 70 });
    await expect(writeOff(invoiceId)).rejects.toEqual(refusal('billing.write_off.nothing_open'));
    await expect(use(VoidInvoice).execute({ actor, invoiceId })).rejects.toEqual(refusal('billing.invoice.settled'));
    expect((await use(WriteOffQueries).list(actor, { invoiceId }, { limit: 10, offset: 0 })).total).toBe(2);
  });

  it('is pending still when only a part of it was given up and nothing was paid', async () => {
    const { invoiceId } = await billed('100');
    await writeOff(invoiceId, '20');
    expect(await stateOf(invoiceId)).toMatchObject({ status: 'pending', writtenOff: 20 });
  });

  it('has its tax claimed back where that is said, and lost where it is not', async () => {
    const [claimed, lost] = [await taxed(), await taxed()];
    await writeOff(claimed.invoiceId, '30', true);
    await writeOff(lost.invoiceId, '30');
    expect(await booked(claimed.accountId)).toEqual({ bad_debt: 25, tax: 5, receivable: -30 });
    expect(await booked(lost.accountId)).toEqual({ bad_debt: 30, receivable: -30 });
    await use(CreditInvoice).execute({
      actor,
      invoiceId: claimed.invoiceId,
      lines: [{ position: 1, amount: '25' }],
      reason: 'Spec',
    });
    await writeOff(claimed.invoiceId, undefined, true);
    // 30 of it were credited, with 5 of tax: 15 are left of the 20, of which 5 are claimed already.
    expect(await booked(claimed.accountId)).toEqual({ bad_debt: 75, tax: 15, receivable: -90 });
  });

  it('is refused of what is no issued invoice', async () => {
    const accountId = await account();
    const lines = [{ description: 'Work', amount: '1', quantity: '1', prorationFactor: '1' }];
    const draft = await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines, draft: true });
    await expect(writeOff(draft.id)).rejects.toEqual(refusal('billing.invoice.not_issued'));
  });

  it('is all that an account owes, at once', async () => {
    const accountId = await account();
    const ids = [await bill(accountId, '10'), await bill(accountId, '20')];
    await pay(accountId, '4');
    const written = await use(WriteOffAccount).execute({ actor, accountId, reason: 'bankruptcy', note: 'Case 7' });
    expect(written.map(({ invoiceId, amount, note }) => [invoiceId, Number(amount), note])).toEqual([
      [ids[0], 6, 'Case 7'],
      [ids[1], 20, 'Case 7'],
    ]);
    await expect(use(WriteOffAccount).execute({ actor, accountId, reason: 'bankruptcy' })).rejects.toEqual(
      refusal('billing.write_off.nothing_open'),
    );
  });
});

describe('money that comes after all', () => {
  it('for the invoice takes so much of the write-off back, and of its tax', async () => {
    const { accountId, invoiceId } = await taxed();
    const { id } = await writeOff(invoiceId, undefined, true);
    const payment = await pay(accountId, '60', [invoiceId]);
    expect(await stateOf(invoiceId)).toEqual({ status: 'uncollectible', settled: 120, paid: 60, writtenOff: 60 });
    expect(await booked(accountId)).toEqual({ bad_debt: 50, tax: 10, receivable: -60 });
    expect((await use(WriteOffQueries).get(actor, id)).reversals).toEqual([
      expect.objectContaining({
        amount: '60.0000',
        reclaimedTaxAmount: '10.0000',
        paymentId: payment.id,
        reason: null,
      }),
    ]);
    await pay(accountId, '70', [invoiceId]);
    expect(await stateOf(invoiceId)).toEqual({ status: 'paid', settled: 120, paid: 120, writtenOff: 0 });
    expect(await booked(accountId)).toEqual({});
    expect(await told(invoiceId)).toEqual(['written_off.v1', 'write_off_reversed.v1', 'write_off_reversed.v1']);
  });

  it('for nothing in particular stays with the account', async () => {
    const { accountId, invoiceId } = await billed('50');
    const { id } = await writeOff(invoiceId);
    await pay(accountId, '50');
    expect(await stateOf(invoiceId)).toMatchObject({ status: 'uncollectible', paid: 0 });
    await use(ReverseWriteOff).execute({ actor, writeOffId: id, reason: 'It came' });
    expect(await stateOf(invoiceId)).toMatchObject({ status: 'paid', paid: 50, writtenOff: 0 });
  });

  it('is owed again when it did not stay', async () => {
    const { accountId, invoiceId } = await billed('50');
    await writeOff(invoiceId);
    const { id } = await pay(accountId, '50', [invoiceId]);
    await use(ReversePayment).execute({ actor, paymentId: id, reason: 'Bounced' });
    expect(await stateOf(invoiceId)).toEqual({ status: 'pending', settled: 0, paid: 0, writtenOff: 0 });
  });

  it('is owed again in part when it was refunded in part', async () => {
    const { accountId, invoiceId } = await billed('50');
    await writeOff(invoiceId, '20');
    const { id } = await pay(accountId, '40', [invoiceId]);
    expect(await stateOf(invoiceId)).toMatchObject({ status: 'uncollectible', paid: 40, writtenOff: 10 });
    await use(RefundPayment).execute({ actor, paymentId: id, amount: '15', reason: 'Spec' });
    expect(await stateOf(invoiceId)).toMatchObject({ status: 'partially_paid', paid: 25, writtenOff: 10 });
  });

  it('as a credit note is no gift: what is credited was not lost', async () => {
    const { accountId, invoiceId } = await billed('50');
    await writeOff(invoiceId);
    await use(CreditInvoice).execute({ actor, invoiceId, reason: 'Wrong' });
    expect(await stateOf(invoiceId)).toEqual({ status: 'paid', settled: 50, paid: 0, writtenOff: 0 });
    expect(await booked(accountId)).toEqual({});
    expect(Number((await use(LedgerQueries).statement(actor, accountId, {})).closing)).toBe(0);
  });
});

describe('an invoice of which a part was written off', () => {
  /** What was told of its end: its status, and what is due then. */
  const closings = (invoiceId: number) =>
    sql(`SELECT payload ->> 'status' AS status, payload ->> 'amount_due' AS due FROM outbox
          WHERE name = 'billing.invoice.paid.v1' AND payload ->> 'invoice_id' = '${invoiceId}' ORDER BY id`);

  it('is told of when money or a credit note closes it', async () => {
    const [paid, credited, other] = [await billed('100'), await billed('100'), await billed('100')];
    for (const { invoiceId } of [paid, credited, other]) await writeOff(invoiceId, '30');
    await pay(paid.accountId, '50');
    expect(await closings(paid.invoiceId)).toEqual([]);
    await pay(paid.accountId, '20');
    const lines = [{ position: 1, amount: '70' }];
    await use(CreditInvoice).execute({ actor, invoiceId: credited.invoiceId, lines, reason: 'Spec' });
    await writeOff(other.invoiceId);
    const end = [{ status: 'uncollectible', due: '0.00' }];
    expect(await Promise.all([paid, credited].map(({ invoiceId }) => closings(invoiceId)))).toEqual([end, end]);
    // A write-off that closes it says so itself.
    expect(await closings(other.invoiceId)).toEqual([]);
  });

  it('is told of again when more of it comes after all', async () => {
    const { accountId, invoiceId } = await billed('100');
    await writeOff(invoiceId);
    await pay(accountId, '60', [invoiceId]);
    await pay(accountId, '40', [invoiceId]);
    const statuses = (await closings(invoiceId)).map((one) => (one as { status: string }).status);
    expect(statuses).toEqual(['uncollectible', 'paid']);
  });
});

describe('a write-off that is taken back', () => {
  it('is owed again, once, and both are told', async () => {
    const { accountId, invoiceId } = await billed('50');
    const { id } = await writeOff(invoiceId);
    await use(ReverseWriteOff).execute({ actor, writeOffId: id, reason: 'Found him' });
    expect(await stateOf(invoiceId)).toEqual({ status: 'pending', settled: 0, paid: 0, writtenOff: 0 });
    expect(await booked(accountId)).toEqual({});
    await expect(use(ReverseWriteOff).execute({ actor, writeOffId: id, reason: 'Again' })).rejects.toEqual(
      refusal('billing.write_off.reversed'),
    );
    await expect(use(ReverseWriteOff).execute({ actor, writeOffId: 999_999, reason: 'No' })).rejects.toEqual(
      refusal('billing.write_off.not_found'),
    );
    expect(await told(invoiceId)).toEqual(['written_off.v1', 'write_off_reversed.v1']);
    expect((await use(WriteOffQueries).get(actor, id)).reversals).toEqual([
      expect.objectContaining({ reason: 'Found him', by: actor.name, paymentId: null }),
    ]);
  });

  it('cannot be written by the application past its own rows', async () => {
    const { accountId, invoiceId } = await billed('50');
    const { id } = await writeOff(invoiceId);
    const allocate = `INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, write_off_id, amount, at)
      SELECT partner_id, customer_id, account_id, invoice_id, id, -1, now() FROM write_offs WHERE id = ${id}`;
    await expect(
      sql(`SET ROLE isp_app; SELECT set_config('app.unrestricted', 'on', false); ${allocate}`),
    ).rejects.toThrow(/permission denied/);
    await expect(sql(`DELETE FROM write_offs WHERE account_id = ${accountId}`)).rejects.toThrow(/only ever added to/);
  });
});

describe('a payment and a write-off at the same moment', () => {
  it('come to the invoice together, whichever is first', async () => {
    for (let n = 0; n < 6; n += 1) {
      const { accountId, invoiceId } = await billed('100');
      await Promise.allSettled([
        writeOff(invoiceId),
        pay(accountId, '60'),
        writeOff(invoiceId, '70'),
        writeOff(invoiceId),
      ]);
      const state = (await stateOf(invoiceId)) as { settled: number; paid: number; writtenOff: number };
      expect(state.settled).toBe(100);
      expect(state.paid + state.writtenOff).toBe(100);
      const [credit] = await sql<{ free: number }>(
        `SELECT (amount - allocated_amount)::float8 AS free FROM payments WHERE account_id = ${accountId}`,
      );
      expect((credit?.free ?? 0) + state.paid).toBe(60);
    }
  });
});

describe('what is too little to be collected', () => {
  it('is shown first, and then written off where it is old enough', async () => {
    const accountId = await account();
    const old = await bill(accountId, '1.99', '2020-01-01');
    const large = await bill(accountId, '2', '2020-01-01');
    const young = await bill(accountId, '1');
    const small = { actor, currency: 'USD', below: '2', olderThanDays: 90 };
    const shown = await use(WriteOffSmallBalances).execute({ ...small, dryRun: true });
    expect(shown).toMatchObject({ amount: '1.99', remaining: 0 });
    expect(shown.balances.map(({ invoiceId }) => invoiceId)).toEqual([old]);
    expect(await stateOf(old)).toMatchObject({ status: 'pending' });
    const done = await use(WriteOffSmallBalances).execute({ ...small, dryRun: false });
    expect(done).toMatchObject({ amount: '1.99', balances: [{ invoiceId: old, customerId: expect.any(Number) }] });
    const states = await Promise.all([old, large, young].map(stateOf));
    expect(states.map((state) => (state as { status: string }).status)).toEqual([
      'uncollectible',
      'pending',
      'pending',
    ]);
    expect((await use(WriteOffSmallBalances).execute({ ...small, dryRun: false })).balances).toEqual([]);
    await expect(use(WriteOffSmallBalances).execute({ ...small, below: '1.234', dryRun: true })).rejects.toEqual(
      refusal('billing.payment.unfit'),
    );
  });
});
