import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actor, closeServices, sql, use } from '../../../../test/support/services-world.js';
import {
  CSV,
  type Entry,
  camt,
  entriesOf,
  match,
  openStatements,
  owing,
  refusal,
  take,
  total,
} from '../../../../test/support/statement-files.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { ImportStatement } from './import-statement.usecase.js';
import { MatchEntry } from './match-entry.usecase.js';

beforeAll(openStatements, 120_000);
afterAll(closeServices);

describe('what the bank took back', () => {
  const statusOf = async (paymentId: number | null | undefined) =>
    (await sql<{ status: string }>(`SELECT status FROM payments WHERE id = ${paymentId}`))[0]?.status;
  const invoiceOf = async (id: number) => (await sql(`SELECT status FROM invoices WHERE id = ${id}`))[0];
  async function paidOverTheBank(amount: string, iban: string, more: Partial<Entry> = {}) {
    const owed = await owing(amount);
    const ref = `IN-${iban}-${more.e2e ?? ''}`;
    const id = await take(camt({ ref, amount: `${amount}.00`, text: owed.number, iban, ...more }));
    await match(id);
    const [{ paymentId, id: entryId } = { paymentId: null, id: 0 }] = await entriesOf(id);
    return { ...owed, paymentId: paymentId ?? 0, entryId };
  }
  /** What becomes of entries that go out, and are returns. */
  async function returned(...entries: readonly Omit<Entry, 'out'>[]) {
    const id = await take(camt(...entries.map((one) => ({ reversal: true, ...one, out: true }))));
    await match(id);
    return entriesOf(id);
  }

  it('reverses the one payment that it returns, and the invoice is open again', async () => {
    const { paymentId, invoiceId } = await paidOverTheBank('120', 'RET-A');
    const back = { amount: '120.00', out: true, reversal: true, iban: 'RET-A', text: 'RETURN' };
    const id = await take(camt({ ref: 'BACK-A', ...back }));
    await match(id);
    expect(await entriesOf(id)).toMatchObject([
      { status: 'matched', rule: 'returned', isReturn: true, paymentId: null, returnedPaymentId: paymentId },
    ]);
    expect(await statusOf(paymentId)).toBe('reversed');
    expect(await invoiceOf(invoiceId)).toMatchObject({ status: 'pending' });
    // It stays so, and a second return of it finds nothing.
    const [{ id: entryId } = { id: 0 }] = await entriesOf(id);
    await expect(use(MatchEntry).reopen(actor, entryId, 'No')).rejects.toEqual(refusal('billing.entry.returned'));
    const again = await take(camt({ ref: 'BACK-A2', ...back }));
    await match(again);
    expect(await entriesOf(again)).toMatchObject([{ status: 'unmatched', returnedPaymentId: null }]);
  });

  it('is left to a person where it may be either of two, came back itself, or the bank does not call it a return', async () => {
    const one = await paidOverTheBank('33', 'RET-B');
    const other = await owing('33');
    const ids = [
      await take(camt({ ref: 'IN-B2', amount: '33.00', text: other.number, iban: 'RET-B' })),
      await take(
        camt(
          { ref: 'BACK-B', amount: '33.00', out: true, reversal: true, iban: 'RET-B' },
          { ref: 'BOUNCED', amount: '44.00', reversal: true, text: one.number, iban: 'RET-C' },
        ),
      ),
    ];
    for (const id of ids) await match(id);
    expect((await entriesOf(ids[1] ?? 0)).map(({ status, reason }) => [status, reason])).toEqual([
      ['unmatched', null],
      ['unmatched', null],
    ]);
    const { paymentId, number } = await paidOverTheBank('55', 'RET-D');
    const csv = await take(
      `Buchung;Betrag;Zweck;Name\n12.02.2025;-55,00;Retoure ${number};D\n12.02.2025;-9,00;Miete;E`,
      CSV,
    );
    await match(csv);
    expect((await entriesOf(csv)).map(({ status, reason }) => [status, reason])).toEqual([
      ['unmatched', `Payment ${paymentId} may have been returned.`],
      ['ignored', null],
    ]);
    const [entryId = 0, rent = 0] = (await entriesOf(csv)).map(({ id }) => id);
    await expect(use(MatchEntry).takeBack(actor, rent, paymentId ?? 0)).rejects.toEqual(
      refusal('billing.entry.settled'),
    );
    const tries = Array.from({ length: 4 }, (_, n) => use(MatchEntry, n % 2).takeBack(actor, entryId, paymentId ?? 0));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await statusOf(paymentId)).toBe('reversed');
  });

  it('is of the payment with its end-to-end id, whatever else its payer has paid', async () => {
    const [january, february] = [
      await paidOverTheBank('50', 'RET-G', { e2e: 'JAN', day: '2025-01-10' }),
      await paidOverTheBank('50', 'RET-G', { e2e: 'FEB' }),
    ];
    const back = { amount: '50.00', iban: 'RET-G', e2e: 'FEB' };
    expect(await returned({ ref: 'BACK-G', ...back })).toMatchObject([{ returnedPaymentId: february.paymentId }]);
    expect([await statusOf(january.paymentId), await statusOf(february.paymentId)]).toEqual(['received', 'reversed']);
    // Once more: neither January's, nor February's again.
    expect(await returned({ ref: 'BACK-G2', ...back })).toMatchObject([
      { status: 'unmatched', reason: `Payment ${february.paymentId} was returned before.` },
    ]);
    expect(await returned({ ref: 'BACK-G3', ...back, e2e: 'MAR' })).toMatchObject([
      { status: 'unmatched', reason: null },
    ]);
  });

  it('is of what the same file brings, in whichever order, and of no entry that is nobody’s payment', async () => {
    const before = await paidOverTheBank('51', 'RET-H', { e2e: 'H-JAN', day: '2025-01-10' });
    const owed = await owing('51');
    const newestFirst = await take(
      camt(
        { ref: 'BACK-H', amount: '51.00', iban: 'RET-H', e2e: 'H-FEB', out: true, reversal: true },
        { ref: 'IN-H', amount: '51.00', iban: 'RET-H', e2e: 'H-FEB', text: owed.number },
        { ref: 'BACK-I', amount: '17.00', iban: 'RET-I', e2e: 'I', out: true, reversal: true },
        { ref: 'IN-I', amount: '17.00', iban: 'RET-I', e2e: 'I' },
      ),
    );
    await match(newestFirst);
    const [back, came, lost] = await entriesOf(newestFirst);
    expect([back?.returnedPaymentId, back?.status]).toEqual([came?.paymentId, 'matched']);
    expect(await statusOf(before.paymentId)).toBe('received');
    expect(lost).toMatchObject({ status: 'unmatched', reason: 'It may take back an entry that is nobody’s payment.' });
  });

  it('is linked to a payment that somebody reversed when the bank rang, and takes no other', async () => {
    const other = await paidOverTheBank('52', 'RET-J', { e2e: 'J-1', day: '2025-01-10' });
    const { paymentId } = await paidOverTheBank('52', 'RET-J', { e2e: 'J-2' });
    await use(ReversePayment).execute({ actor, paymentId, reason: 'The bank rang' });
    const [entry] = await returned({ ref: 'BACK-J', amount: '52.00', iban: 'RET-J', e2e: 'J-2' });
    expect(entry).toMatchObject({ status: 'matched', rule: 'returned', returnedPaymentId: paymentId });
    expect([await statusOf(paymentId), await statusOf(other.paymentId)]).toEqual(['reversed', 'received']);
  });

  it('is of no payment of years ago that only its payer is known of', async () => {
    const { paymentId } = await paidOverTheBank('53', 'RET-K', { day: '2023-12-10' });
    expect(await returned({ ref: 'BACK-K', amount: '53.00', iban: 'RET-K' })).toMatchObject([{ status: 'unmatched' }]);
    expect(await statusOf(paymentId)).toBe('received');
  });

  it('cannot be booked again by opening the entry that it came with', async () => {
    const { paymentId, entryId } = await paidOverTheBank('54', 'RET-L');
    await returned({ ref: 'BACK-L', amount: '54.00', iban: 'RET-L' });
    await expect(use(MatchEntry).reopen(actor, entryId, 'Wrong customer')).rejects.toEqual(
      refusal('billing.payment.returned'),
    );
    expect(await statusOf(paymentId)).toBe('reversed');
  });

  it('comes with the charges of the bank, which it says or a person does', async () => {
    const { paymentId } = await paidOverTheBank('73', 'RET-M');
    const more = '<AmtDtls><InstdAmt><Amt Ccy="USD">73.00</Amt></InstdAmt></AmtDtls>';
    const back = { amount: '76.00', iban: 'RET-M' };
    expect(await returned({ ref: 'BACK-M', ...back, more })).toMatchObject([
      { amount: '-76.0000', returnedAmount: '73.0000', returnedPaymentId: paymentId, status: 'matched' },
    ]);
    const second = await paidOverTheBank('74', 'RET-N');
    const [entry] = await returned({ ref: 'BACK-N', ...back, iban: 'RET-N' });
    expect(entry).toMatchObject({ status: 'unmatched', returnedAmount: null });
    const say = (amount: string) => use(MatchEntry).takeBack(actor, entry?.id ?? 0, second.paymentId, amount);
    await expect(say('76.01')).rejects.toEqual(refusal('billing.entry.too_little'));
    await expect(say('75')).rejects.toEqual(refusal('billing.payment.unfit'));
    await expect(say('74.001')).rejects.toEqual(refusal('billing.payment.unfit'));
    expect(await say('74')).toMatchObject({ returnedAmount: '74.0000', returnedPaymentId: second.paymentId });
  });

  it('is known as a return in every way in which banks say it', async () => {
    const ours = '<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>';
    const turned = (await paidOverTheBank('75', 'RET-O')).paymentId;
    const inner = `<TxDtls><RltdPties><Dbtr><Pty><Nm>We</Nm></Pty></Dbtr>${ours}<Cdtr><Pty><Nm>Somebody</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>RET-O</IBAN></Id></CdtrAcct></RltdPties>
      <RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf></TxDtls>`;
    const batch = ['A', 'B'].map((id) => `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><RtrInf/></TxDtls>`);
    const found = await returned(
      { ref: 'BACK-O', amount: '75.00', reversal: false, inner },
      { ref: 'BACK-P', amount: '99.00', reversal: false, inner: batch.join('') },
      { ref: 'BACK-Q', amount: '99.00', reversal: '1', iban: 'RET-Q' },
    );
    expect(found.map(({ status, isReturn, returnedPaymentId }) => [status, isReturn, returnedPaymentId])).toEqual([
      ['matched', true, turned],
      ['unmatched', true, null],
      ['unmatched', true, null],
    ]);
  });

  it('reverses no payment of another amount or currency, and none with money that came in', async () => {
    const { paymentId, accountId } = await paidOverTheBank('66', 'RET-E');
    const id = await take(
      camt(
        { ref: 'BACK-E', amount: '65.00', out: true, reversal: true, iban: 'RET-E' },
        { ref: 'IN-E2', amount: '66.00', iban: 'RET-F' },
      ),
    );
    await match(id);
    const [out, came] = await entriesOf(id);
    expect([out?.status, came?.status]).toEqual(['unmatched', 'unmatched']);
    await sql(`INSERT INTO partners (name, kind, time_zone) VALUES ('North', 'isp', 'UTC')`);
    const elsewhere = await use(ImportStatement).execute({
      actor: { ...actor, partnerId: 2 },
      fileName: 'f',
      content: Buffer.from(camt({ ref: 'BACK-E', amount: '66.00', out: true, reversal: true, iban: 'RET-E' })),
    });
    await match(elsewhere.id);
    const [theirs] = await entriesOf(elsewhere.id);
    expect(theirs).toMatchObject({ status: 'unmatched', partnerId: 2 });
    for (const [entryId, code] of [
      [theirs?.id, 'billing.entry.other_partner'],
      [out?.id, 'billing.payment.unfit'],
      [came?.id, 'billing.entry.incoming'],
    ] as const)
      await expect(use(MatchEntry).takeBack(actor, entryId ?? 0, paymentId ?? 0)).rejects.toEqual(refusal(code));
    expect(await total(accountId)).toEqual({ n: 1, total: '66.0000' });
  });
});
