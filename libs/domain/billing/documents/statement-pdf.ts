import { Money } from '@isp/kernel';
import type { IssuerDetails } from '../settings/issuer-details.js';
import type { PrintedCustomer } from './document-facts.js';
import { letterHead, pageFooter } from './letter-head.js';
import { type Cell, type Column, PAGE, Sheet } from './pdf-sheet.js';
import { type Word, Writer } from './words.js';

/** A movement of an account on its day. Decimal text; what is charged is positive. */
export interface StatementLine {
  /** `YYYY-MM-DD`, where the account is. */
  readonly on: string;
  readonly event: string;
  /** Number of the document or reference of the payment. */
  readonly reference: string | null;
  readonly amount: string;
  readonly balance: string;
}

export interface StatementFacts {
  readonly issuer: IssuerDetails;
  readonly customer: PrintedCustomer;
  readonly accountName: string;
  readonly currency: string;
  readonly language: string;
  /** First and last day; null for the beginning and for now. */
  readonly from: string | null;
  readonly to: string;
  readonly opening: string;
  readonly closing: string;
  /** The oldest first. */
  readonly lines: readonly StatementLine[];
  readonly createdAt: Date;
}

const ENTRIES: Readonly<Record<string, Word>> = {
  'invoice.issued': 'invoice',
  'invoice.voided': 'invoice_voided',
  'credit_note.issued': 'credit_note',
  'credit_note.voided': 'credit_note_voided',
  'invoice.written_off': 'written_off',
  'invoice.write_off_reversed': 'write_off_reversed',
  'payment.excess_written_off': 'written_off',
  'payment.excess_write_off_reversed': 'write_off_reversed',
  'payment.received': 'payment_received',
  'payment.reversed': 'payment_reversed',
};

/** The statement of an account as PDF: what it was charged, what it paid, and what it owed after each. */
export function statementPdf(facts: StatementFacts): Promise<Buffer> {
  const { issuer, customer, currency, accountName, from, to } = facts;
  const writer = new Writer(facts.language);
  const title = writer.say('statement');
  const sheet = new Sheet({
    title: `${title} ${customer.displayId}`,
    author: issuer.name,
    language: writer.code,
    createdAt: facts.createdAt,
    footer: pageFooter(issuer, writer),
  });
  const period = from === null ? `– ${writer.date(to)}` : `${writer.date(from)} – ${writer.date(to)}`;
  const meta: [string, string][] = [
    [writer.say('period'), period],
    [writer.say('customer'), customer.displayId],
    [writer.say('account'), `${accountName}, ${currency}`],
  ];
  letterHead(sheet, { issuer, customer, title, meta, writer });
  const money = (text: string): string => writer.number(Money.of(text, currency).toText());
  const balance = (word: Word, amount: string): Cell[] => [
    { text: '' },
    { text: writer.say(word) },
    { text: '' },
    { text: '' },
    { text: money(amount) },
  ];
  const columns: Column[] = [
    { x: PAGE.left, width: 66, title: writer.say('issue_date') },
    { x: PAGE.left + 70, width: 190, title: writer.say('entry') },
    { x: PAGE.left + 264, width: 68, title: writer.say('debit'), align: 'right' },
    { x: PAGE.left + 336, width: 74, title: writer.say('credit'), align: 'right' },
    { x: PAGE.left + 414, width: 69, title: writer.say('balance'), align: 'right' },
  ];
  const rows = facts.lines.map((line): Cell[] => {
    const charged = Money.of(line.amount, currency);
    const taken = charged.isNegative();
    return [
      { text: writer.date(line.on) },
      { text: writer.say(ENTRIES[line.event] ?? 'other_entry'), detail: line.reference ?? undefined },
      { text: taken ? '' : money(line.amount) },
      { text: taken ? money(charged.negated().toText()) : '' },
      { text: money(line.balance) },
    ];
  });
  sheet.table(columns, [balance('opening', facts.opening), ...rows, balance('closing', facts.closing)]);
  return sheet.finish();
}
