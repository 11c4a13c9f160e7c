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
import { creditorReference, inFours } from '../documents/payment-reference.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { BankStatements } from './bank-statements.queries.js';
import { entriesOfCamt } from './camt053.js';
import { entriesOfCsv } from './csv-statement.js';
import { MatchEntry } from './match-entry.usecase.js';
import { keyed } from './parsed-entry.js';

beforeAll(openStatements, 120_000);
afterAll(closeServices);

describe('a statement', () => {
  it('is matched by number, customer number, known payer, amount and name; the rest is left over', async () => {
    const [a, b, c] = [await owing('10'), await owing('20'), await owing('30')];
    const before = await owing('40');
    const recorded = { actor, accountId: before.accountId, amount: '40', method: 'bank_transfer' } as const;
    await use(RecordPayment).execute({ ...recorded, reference: 'BANK-9' });
    const id = await take(
      camt(
        { ref: 'M1', amount: '10.00', text: `Rechnung ${a.number.replaceAll('-', ' ')}`, iban: 'A' },
        { ref: 'M2', amount: '5.00', text: `Kunde ${b.portal} danke`, iban: 'B' },
        { ref: 'M3', amount: '30.00', text: 'internet', name: c.name.toUpperCase(), iban: 'C' },
        { ref: 'BANK-9', amount: '40.00', text: 'already there', iban: 'D' },
        { ref: 'M4', amount: '7.00', text: 'who? 4242 4242 4242 4242', iban: 'E' },
        { ref: 'M5', amount: '3.00', out: true },
      ),
    );
    await match(id);
    const found = await entriesOf(id);
    expect(found.map(({ status, rule }) => [status, rule])).toEqual([
      ['matched', 'invoice_number'],
      ['matched', 'payment_reference'],
      ['matched', 'amount_and_name'],
      ['matched', 'recorded_before'],
      ['unmatched', null],
      ['ignored', null],
    ]);
    expect(found[4]?.remittance).toBe('who? **** **** **** 4242');
    expect(await use(BankStatements).get(actor, id)).toMatchObject({ status: 'done', matched: 4, unmatched: 1 });
    expect(await total(before.accountId)).toEqual({ n: 1, total: '40.0000' });
    const later = await take(camt({ ref: 'M6', amount: '15.00', text: 'again', iban: 'B' }));
    await match(later);
    expect((await entriesOf(later))[0]).toMatchObject({ rule: 'known_payer' });
    expect(await total(b.accountId)).toEqual({ n: 2, total: '20.0000' });
  });

  it('is matched by the reference that our documents print, as banks pass it on and as people type it', async () => {
    const [a, b] = [await owing('11'), await owing('12')];
    const [passed = '', typed = ''] = [a, b].map(({ number }) => creditorReference(number));
    const id = await take(
      camt(
        { ref: 'RF1', amount: '11.00', text: `${passed} 2025 Thanks NOTPROVIDED`, iban: 'RFA' },
        { ref: 'RF2', amount: '12.00', text: `Ref. ${inFours(typed).toLowerCase()}`, iban: 'RFB' },
        { ref: 'RF3', amount: '12.00', text: passed.replace(/^RF../, 'RF00'), iban: 'RFC' },
      ),
    );
    await match(id);
    const found = (await entriesOf(id)).map(({ rule }) => rule);
    expect(found).toEqual(['invoice_number', 'invoice_number', null]);
  });

  it('is booked once, in however many files it comes and whoever imports them at the same time', async () => {
    const { accountId, number } = await owing('100');
    const one = { ref: 'ONCE', amount: '100.00', text: number };
    const file = camt(one);
    const same = await Promise.allSettled([take(file, undefined, 0), take(file, undefined, 1)]);
    expect(same.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const overlapping = Array.from({ length: 6 }, (_, n) =>
      take(camt(one, { ref: `OTHER-${n}`, amount: '1.00', text: 'x', iban: `X${n}` }), undefined, n % 2),
    );
    const ids = [
      ...same.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
      ...(await Promise.all(overlapping)),
    ];
    await Promise.all(ids.flatMap((id) => [match(id, 0), match(id, 1)]));
    expect(await total(accountId)).toEqual({ n: 1, total: '100.0000' });
    await expect(take(file)).rejects.toEqual(refusal('billing.statement.duplicate'));
  });

  it('without references knows its entries by what they say', async () => {
    const csv = (...rows: readonly string[]) => ['Buchung;Betrag;Zweck;Name', ...rows].join('\n');
    const [x, y] = ['10.02.2025;1.234,50;Miete;A', '10.02.2025;5,00;Kaffee;B'];
    const first = await take(csv(x, y, y), CSV);
    const second = await take(csv(y, y, x, '11.02.2025;5,00;Kaffee;B'), CSV);
    expect((await entriesOf(first)).map(({ amount }) => amount)).toEqual(['1234.5000', '5.0000', '5.0000']);
    expect((await entriesOf(second)).map(({ bookedOn }) => bookedOn)).toEqual(['2025-02-11']);
    expect(await use(BankStatements).get(actor, second)).toMatchObject({ entries: 4, duplicates: 3 });
  });

  it('is matched by hand by one of those who try, and that is taken back with the payment', async () => {
    const { accountId, invoiceId } = await owing('9');
    const id = await take(camt({ ref: 'HAND', amount: '9.00', text: 'nobody knows', iban: 'HAND' }));
    await match(id);
    const [{ id: entryId } = { id: 0 }] = await entriesOf(id);
    const tries = Array.from({ length: 6 }, (_, n) =>
      use(MatchEntry, n % 2).match(actor, entryId, { accountId, invoiceIds: [invoiceId] }),
    );
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await total(accountId)).toEqual({ n: 1, total: '9.0000' });
    await use(MatchEntry).reopen(actor, entryId, 'Wrong customer');
    expect(await total(accountId)).toEqual({ n: 0, total: '0' });
    await use(MatchEntry).match(actor, entryId, { accountId });
    expect(await total(accountId)).toEqual({ n: 1, total: '9.0000' });
  });
});

describe('a file', () => {
  it('tells the parts of a batch where they add up to it', () => {
    const part = (amount: string) => `<TxDtls><Amt Ccy="USD">${amount}</Amt><RmtInf><Ustrd>p</Ustrd></RmtInf></TxDtls>`;
    const amounts = (...parts: readonly string[]) =>
      keyed(entriesOfCamt(camt({ ref: 'B', amount: '10.00', inner: parts.map(part).join('') }))).map(
        ({ amount, key }) => `${key} ${amount}`,
      );
    const key = 'reference:2025-02-10:USD';
    expect(amounts('4.00', '6.00')).toEqual([`${key}:4.00:B/1 4.00`, `${key}:6.00:B/2 6.00`]);
    expect(amounts('4.00', '5.00')).toEqual([`${key}:10.00:B 10.00`]);
  });

  it('names nobody for a sum of several that it does not tell apart', () => {
    const part = (name: string) =>
      `<TxDtls><Refs><EndToEndId>${name}</EndToEndId></Refs><RltdPties><Dbtr><Nm>${name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${name}</Ustrd></RmtInf></TxDtls>`;
    const [sum] = entriesOfCamt(camt({ ref: 'S', amount: '10.00', inner: part('A') + part('B') }));
    expect(sum).toMatchObject({ payerName: null, payerAccount: null, remittance: '', endToEndId: null });
    const [one] = entriesOfCamt(camt({ ref: 'S', amount: '10.00', inner: part('A') }));
    expect(one).toMatchObject({ payerName: 'A', remittance: 'A', endToEndId: 'A' });
  });

  it('brings nothing that is kept, whatever an earlier version took for a card number', async () => {
    const owed = await owing('91');
    const entries = [
      { ref: '20250210000001234', amount: '91.00', text: owed.number },
      { ref: '4242424242424242', amount: '92.00' },
      { amount: '93.00', text: 'Card 4242 4242 4242 4242' },
    ];
    const id = await take(camt(...entries));
    const others = keyed(entriesOfCamt(camt(...entries)));
    for (const { key, otherKey } of others)
      await sql(
        `UPDATE bank_entries SET entry_key = '${otherKey}' WHERE statement_id = ${id} AND entry_key = '${key}'`,
      );
    await match(id);
    const again = await take(camt(...entries, { ref: 'NEW', amount: '94.00' }));
    expect(await use(BankStatements).get(actor, again)).toMatchObject({ entries: 4, duplicates: 3 });
    expect(await total(owed.accountId)).toEqual({ n: 1, total: '91.0000' });
  });

  it('tells entries apart whose references are hidden from people, or only count', () => {
    const keys = (...entries: readonly Entry[]) =>
      keyed(entriesOfCamt(camt(...entries))).map(({ key, bankReference }) => [key, bankReference] as const);
    const [card, other] = keys(
      { ref: '4242424242424242', amount: '5.00' },
      { ref: '5555555555554444', amount: '5.00' },
    );
    expect(card?.[0]).toMatch(/^reference:2025-02-10:USD:5\.00:sha256:[0-9a-f]{64}$/);
    expect([card?.[1], other?.[1], card?.[0] === other?.[0]]).toEqual([null, null, false]);
    const [first] = keys({ ref: '1', amount: '5.00' });
    const [second] = keys({ ref: '1', amount: '6.00' });
    expect([first?.[1], second?.[1], first?.[0] === second?.[0]]).toEqual(['1', '1', false]);
  });

  it.each([
    ['1.234,50', ',', '1234.50'],
    ["-1'234'567.5", '.', '-1234567.50'],
    ['+1 234', ',', '1234.00'],
    ['1,500', ',', 'row 2 has an amount with more than 2 decimals'],
    ['1.5', ',', 'row 2 has no amount'],
    ['0.123', ',', 'row 2 has no amount'],
    ['12,34,567', '.', 'row 2 has no amount'],
    ["1.234'567", ',', 'row 2 has no amount'],
    ['1.234.50', ',', 'row 2 has no amount'],
    ['12,00-', ',', 'row 2 has no amount'],
  ] as const)('says %s with the decimal mark %s: %s', (text, decimalMark, comes) => {
    const read = () => entriesOfCsv(`Buchung;Betrag;Zweck;Name\n01.02.2025;${text};;`, { ...CSV, decimalMark });
    if (comes.startsWith('row')) expect(read).toThrow(comes);
    else expect(read()[0]?.amount).toBe(comes);
  });

  it('that was read wrongly once comes again with the right mapping', async () => {
    const text = 'Buchung;Betrag;Zweck;Name\n03.02.2025;1.500;Wrong;A';
    const [wrong, right] = [await take(text, CSV), await take(text, { ...CSV, decimalMark: '.', currency: 'KWD' })];
    const read = await Promise.all([wrong, right].map(entriesOf));
    expect(read.map(([entry]) => entry?.amount)).toEqual(['1500.0000', '1.5000']);
    await expect(take(text, CSV)).rejects.toEqual(refusal('billing.statement.duplicate'));
  });

  it.each([
    ['', 'no camt'],
    ['<Document/>', 'no camt'],
    ['<a', 'Unexpected end'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><Document/>', 'document type'],
    [camt({ amount: '1e3' }), 'no amount'],
    [camt({ amount: '1.00' }).replace('2025-02-10', '2025-02-30'), 'no date'],
    ['<a>'.repeat(50), 'too deep'],
  ])('that is %j is refused', (text, problem) => {
    expect(() => entriesOfCamt(text)).toThrow(problem);
  });

  it('with a day that has not come is refused', async () => {
    const text = 'Buchung;Betrag;Zweck;Name\n10.02.2055;1,00;;';
    await expect(take(text, CSV)).rejects.toMatchObject({ message: expect.stringContaining('has not come') as never });
  });

  it('of another shape than its mapping is refused', () => {
    expect(() => entriesOfCsv('a;b\n1;2', CSV)).toThrow('no column Buchung');
    expect(() => entriesOfCsv('10.02.2025;1,00;Miete;A', CSV)).toThrow('no column Buchung');
    expect(() => entriesOfCsv('Buchung;Betrag;Betrag;Zweck;Name\n10.02.2025;1,00;2,00;;', CSV)).toThrow(
      'the column Betrag more than once',
    );
    expect(entriesOfCsv('Buchung;Betrag;Zweck;Name', CSV)).toEqual([]);
    expect(() => entriesOfCsv('Buchung;Betrag;Zweck;Name\n31.02.2025;1,00;;', CSV)).toThrow('no date');
    expect(() => entriesOfCsv('Buchung;Betrag;Zweck;Name\n01.02.2025;x;;', CSV)).toThrow('no amount');
  });
});
