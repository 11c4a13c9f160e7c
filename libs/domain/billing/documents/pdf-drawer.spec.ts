import { afterAll, describe, expect, it } from '@jest/globals';
import { PdfDrawer } from './pdf-drawer.js';
import { type StatementFacts, statementPdf } from './statement-pdf.js';

const NOWHERE = { state: null, taxId: null, registration: null, website: null, logoText: null, footer: null };
const NO_BANK = { bankName: null, iban: null, bic: null, bankAccount: null };
const issuer = { name: 'Sandbox Fibre B.V.', street: 'Dam 1', city: 'Amsterdam', zip: '1012 JS', country: 'NL' };
const facts: StatementFacts = {
  issuer: { ...issuer, ...NOWHERE, ...NO_BANK, email: null, phone: null },
  customer: { displayId: 'CUST-10001', name: 'Zoë Müller-Żak', email: 'zoe@customer.example', address: null },
  accountName: 'Main',
  currency: 'EUR',
  language: 'de',
  from: null,
  to: '2026-01-31',
  opening: '0.00',
  closing: '300.00',
  lines: Array.from({ length: 300 }, (_, index) => ({
    on: '2026-01-15',
    event: 'invoice.issued',
    reference: `INV-${index}`,
    amount: '1.00',
    balance: `${index + 1}.00`,
  })),
  createdAt: new Date(0),
};

const drawer = new PdfDrawer();
afterAll(() => drawer.onApplicationShutdown());
const inThread = () => drawer.draw({ document: 'statement', facts });

/** How often the event loop came round while something was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let going = true;
  const turn = (): void => {
    turns += 1;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  going = false;
  return turns;
}

describe('PDFs', () => {
  it('are the same bytes wherever they are drawn, the first time and later', async () => {
    const here = [await statementPdf(facts), await statementPdf(facts)];
    for (const there of [await inThread(), await inThread()]) expect(there.equals(here[0] as Buffer)).toBe(true);
    expect(here[1]?.equals(here[0] as Buffer)).toBe(true);
  });

  it('let the event loop turn while they are drawn', async () => {
    await Promise.all([inThread(), statementPdf(facts)]);
    const held = await turnsDuring(() => statementPdf(facts));
    const free = await turnsDuring(inThread);
    expect(free).toBeGreaterThan(20 * held);
  });

  it('are drawn beside other work however many there are', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, inThread));
    expect(new Set(all.map((one) => one.toString('latin1'))).size).toBe(1);
  });
});
