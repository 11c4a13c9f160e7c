import { type InvoiceLetterFacts, Writer } from '@isp/domain/billing';
import { Money } from '@isp/kernel';
import type { ReminderFigures } from '../messages/message.view.js';
import type { Letter } from '../letters/letter.js';
import { say } from '../letters/words.js';

/** The letter that goes with an issued invoice or credit note, in its language. */
export function invoiceLetter(facts: InvoiceLetterFacts): Letter {
  const { document, number, language, issuer, customerName, currency } = facts;
  const writer = new Writer(language);
  const money = (amount: string): string => `${currency} ${writer.number(Money.of(amount, currency).toText())}`;
  const credit = document === 'credit_note';
  const due = facts.dueOn === null || credit ? [] : [[say(language, 'due_date'), writer.date(facts.dueOn)] as const];
  const open = credit ? [] : [[say(language, 'amount_due'), money(facts.dueAmount)] as const];
  return {
    subject: say(language, `subject_${document}`, { number, issuer: issuer.name }),
    greeting: say(language, 'greeting', { name: customerName }),
    paragraphs: [say(language, `attached_${document}`, { number }), whatToDo(facts, writer, money)],
    rows: [
      [say(language, 'number'), number],
      [say(language, 'issue_date'), writer.date(facts.issuedOn)],
      [say(language, 'total'), money(facts.totalAmount)],
      ...open,
      ...due,
    ],
    sender: senderLines(facts),
  };
}

/** The letter of a customer who is late; the document is the oldest invoice that is. */
export function reminderLetter(facts: InvoiceLetterFacts, { overdueAmount, overdueSince }: ReminderFigures): Letter {
  const { number, language, issuer, customerName, currency } = facts;
  const writer = new Writer(language);
  const amount = `${currency} ${writer.number(Money.of(overdueAmount, currency).toText())}`;
  const date = writer.date(overdueSince);
  return {
    subject: say(language, 'subject_reminder', { issuer: issuer.name }),
    greeting: say(language, 'greeting', { name: customerName }),
    paragraphs: [say(language, 'overdue', { amount, date }), say(language, 'oldest_attached', { number })],
    rows: [
      [say(language, 'overdue_amount'), amount],
      [say(language, 'due_date'), date],
    ],
    sender: senderLines(facts),
  };
}

function whatToDo(facts: InvoiceLetterFacts, writer: Writer, money: (amount: string) => string): string {
  const { document, language, dueAmount, autopay, issuedOn } = facts;
  if (document === 'credit_note') return say(language, 'credited');
  if (Number(dueAmount) <= 0) return say(language, 'nothing_to_pay');
  const values = { amount: money(dueAmount), date: writer.date(facts.dueOn ?? issuedOn) };
  return say(language, autopay ? 'charged' : 'pay_by', values);
}

function senderLines({ issuer, language }: InvoiceLetterFacts): string[] {
  const { name, street, zip, city, phone, email, website, taxId } = issuer;
  const reach = [phone, email, website].filter((one) => one !== null).join(' · ');
  const tax = taxId === null ? '' : `${say(language, 'tax_id')} ${taxId}`;
  return [name, `${street}, ${zip} ${city}`, reach, tax].filter((one) => one !== '');
}
