import type { InvoiceLetterFacts } from '@isp/domain/billing';
import { Money } from '@isp/kernel';
import type { ReminderFigures } from '../messages/message.view.js';
import type { Letter } from '../letters/letter.js';
import { type LetterWriter, letterWriter } from '../letters/words.js';

/** The letter that goes with an issued invoice or credit note, in its language. */
export function invoiceLetter(facts: InvoiceLetterFacts): Letter {
  const { document, number, language, issuer, customerName, currency } = facts;
  const writer = letterWriter(language);
  const money = (amount: string): string => `${currency} ${writer.number(Money.of(amount, currency).toText())}`;
  const credit = document === 'credit_note';
  const due = facts.dueOn === null || credit ? [] : [[writer.say('due_date'), writer.date(facts.dueOn)] as const];
  const open = credit ? [] : [[writer.say('amount_due'), money(facts.dueAmount)] as const];
  return {
    subject: writer.say(`subject_${document}`, { number, issuer: issuer.name }),
    greeting: writer.say('greeting', { name: customerName }),
    paragraphs: [writer.say(`attached_${document}`, { number }), whatToDo(facts, writer, money)],
    rows: [
      [writer.say('number'), number],
      [writer.say('issue_date'), writer.date(facts.issuedOn)],
      [writer.say('full_amount'), money(facts.totalAmount)],
      ...open,
      ...due,
    ],
    sender: senderLines(facts, writer),
  };
}

/** The letter of a customer who is late; the document is the oldest invoice that is. */
export function reminderLetter(facts: InvoiceLetterFacts, { overdueAmount, overdueSince }: ReminderFigures): Letter {
  const { number, language, issuer, customerName, currency } = facts;
  const writer = letterWriter(language);
  const amount = `${currency} ${writer.number(Money.of(overdueAmount, currency).toText())}`;
  const date = writer.date(overdueSince);
  return {
    subject: writer.say('subject_reminder', { issuer: issuer.name }),
    greeting: writer.say('greeting', { name: customerName }),
    paragraphs: [writer.say('overdue', { amount, date }), writer.say('oldest_attached', { number })],
    rows: [
      [writer.say('overdue_amount'), amount],
      [writer.say('due_date'), date],
    ],
    sender: senderLines(facts, writer),
  };
}

function whatToDo(facts: InvoiceLetterFacts, writer: LetterWriter, money: (amount: string) => string): string {
  const { document, dueAmount, autopay, issuedOn } = facts;
  if (document === 'credit_note') return writer.say('credited');
  if (Number(dueAmount) <= 0) return writer.say('nothing_to_pay');
  const values = { amount: money(dueAmount), date: writer.date(facts.dueOn ?? issuedOn) };
  return writer.say(autopay ? 'charged' : 'pay_by', values);
}

function senderLines({ issuer }: InvoiceLetterFacts, writer: LetterWriter): string[] {
  const { name, street, zip, city, phone, email, website, taxId } = issuer;
  const reach = [phone, email, website].filter((one) => one !== null).join(' · ');
  const tax = taxId === null ? '' : `${writer.say('tax_id')} ${taxId}`;
  return [name, `${street}, ${zip} ${city}`, reach, tax].filter((one) => one !== '');
}
