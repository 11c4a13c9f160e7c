import { createHash } from 'node:crypto';
import { Money, hideCardNumbers, isCurrencyCode, parseDecimal } from '@isp/kernel';
import { billingErrors } from '../billing.errors.js';

/** What a file says of one movement. Amounts are decimal text, negative when money went out. */
export interface ParsedEntry {
  readonly bankAccount: string;
  /** The bank's own name for it, where it has one. */
  readonly bankReference: string | null;
  readonly bookedOn: string;
  readonly currency: string;
  readonly amount: string;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly remittance: string;
  readonly endToEndId: string | null;
}

const LONGEST = 1_000;

export function unreadable(problem: string): never {
  throw billingErrors('billing.statement.unreadable', { problem });
}

/** @throws `billing.statement.unreadable` */
export function amountIn(text: string, currency: string, where: string): string {
  const amount = parseDecimal(text);
  if (!amount || !isCurrencyCode(currency)) unreadable(`${where} has no amount`);
  return Money.of(amount, currency).toText();
}

/** @throws `billing.statement.unreadable` */
export function dayIn(text: string, where: string): string {
  const day = /^(\d{4}-\d{2}-\d{2})(T|Z|[+-]|$)/.exec(text.trim())?.[1] ?? '';
  if (Number.isNaN(Date.parse(day)) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day)
    unreadable(`${where} has no date`);
  return day;
}

/** Text of strangers, in one line, without card numbers. */
export function tidy(text: string | undefined): string | null {
  const one = hideCardNumbers((text ?? '').replace(/[\u0000-\u001f\u007f\u2028\u2029\s]+/g, ' ').trim());
  return one === '' ? null : one.slice(0, LONGEST);
}

/**
 * Entries with what tells each from every other of its account, in whichever file it comes: the bank's reference, else
 * its content (the second of two that say the same is the second).
 */
export function keyed(entries: readonly ParsedEntry[]): (ParsedEntry & { readonly key: string })[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const { bankAccount, bankReference, bookedOn, currency, amount, payerName, payerAccount, remittance } = entry;
    const content = [bookedOn, currency, amount, payerName, payerAccount, remittance, entry.endToEndId];
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const base = bankReference === null ? `content:${digest}` : `reference:${bankReference}`;
    const place = `${bankAccount} ${base}`;
    const nth = (seen.get(place) ?? 0) + 1;
    seen.set(place, nth);
    return { ...entry, key: nth === 1 ? base : `${base}#${nth}` };
  });
}
