import { createHash } from 'node:crypto';
import { Money, hideCardNumbers, holdsCardNumber, isCurrencyCode, readAmount } from '@isp/kernel';
import { billingErrors } from '../billing.errors.js';

/** What a file says of one movement. Amounts are decimal text, negative when money went out. */
export interface ParsedEntry {
  readonly bankAccount: string;
  /** The bank's own name for it, where it has one; as the file says it, so never to be kept as it is. */
  readonly bankReference: string | null;
  readonly bookedOn: string;
  readonly currency: string;
  readonly amount: string;
  /** Whether the bank says that it takes an earlier entry back; who that was of is the payer. */
  readonly isReturn: boolean;
  /** What of the amount it takes back, where the bank says that the rest are its charges. */
  readonly returnedAmount: string | null;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly remittance: string;
  readonly endToEndId: string | null;
  /** The last four as the file says them: never to be kept, and the same whatever is hidden of them. */
  readonly said: readonly (string | null)[];
}

const LONGEST = 1_000;
const LONGEST_REFERENCE = 200;
/** Signs of a card number with everything that may be between them. */
const LONGEST_CARD = 40;

export function unreadable(problem: string): never {
  throw billingErrors('billing.statement.unreadable', { problem });
}

/** Never rounded: what has more decimals than its currency was read wrongly. @throws `billing.statement.unreadable` */
export function amountIn(text: string, currency: string, where: string): string {
  if (!isCurrencyCode(currency) || !/\d/.test(text)) unreadable(`${where} has no amount`);
  const reading = readAmount(text, { currency, allowNegative: true });
  if (!reading.ok) unreadable(`${where} has no amount that can be read: it ${reading.problem}`);
  return Money.of(reading.amount, currency).toText();
}

/** @throws `billing.statement.unreadable` */
export function dayIn(text: string, where: string): string {
  const day = /^(\d{4}-\d{2}-\d{2})(T|Z|[+-]|$)/.exec(text.trim())?.[1] ?? '';
  if (Number.isNaN(Date.parse(day)) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day)
    unreadable(`${where} has no date`);
  return day;
}

/** Text of strangers, in one line; nothing else is done to it. */
export function oneLine(text: string | undefined): string | null {
  return (text ?? '').replace(/[\u0000-\u001f\u007f\u2028\u2029\s]+/g, ' ').trim() || null;
}

/** As much of it as is kept. */
export const saidOf = (text: string | undefined): string | null => oneLine(text)?.slice(0, LONGEST) ?? null;

/** Text of strangers, in one line, without card numbers, not even the beginning of one that is cut. */
export function tidy(text: string | undefined): string | null {
  return hideCardNumbers((oneLine(text) ?? '').slice(0, LONGEST + LONGEST_CARD)).slice(0, LONGEST) || null;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A reference that must not be kept, or is too long to be looked up, counts by its digest. */
const isPlain = (reference: string): boolean => !holdsCardNumber(reference) && reference.length <= LONGEST_REFERENCE;

/** An entry with what tells it from every other of its account. */
export interface KeyedEntry extends Omit<ParsedEntry, 'said'> {
  readonly key: string;
  /** What it would be told by if the other thing were hidden of it. */
  readonly otherKey: string;
}

/**
 * Entries with what tells each from every other of its account, in whichever file it comes: the bank's reference with
 * day and amount (some banks only count within a statement), else its content (the second of two that say the same is
 * the second). The reference that comes with it may be kept. What looks like a card number may be judged otherwise by
 * another version of this program: an entry that it has kept is known by the other key.
 */
export function keyed(entries: readonly ParsedEntry[]): KeyedEntry[] {
  const seen = new Map<string, number>();
  return entries.map(({ said, ...entry }) => {
    const { bankAccount, bankReference } = entry;
    const kept = bankReference !== null && isPlain(bankReference) ? bankReference : null;
    const [base, other] = bankReference === null ? byContent(entry, said) : byReference(entry, bankReference, kept);
    const place = `${bankAccount} ${base}`;
    const nth = (seen.get(place) ?? 0) + 1;
    seen.set(place, nth);
    const numbered = (key: string) => (nth === 1 ? key : `${key}#${nth}`);
    return { ...entry, bankReference: kept, key: numbered(base), otherKey: numbered(other) };
  });
}

type Words = Omit<ParsedEntry, 'said'>;

function byReference({ bookedOn, currency, amount }: Words, reference: string, kept: string | null): [string, string] {
  const named = (how: string) => `reference:${bookedOn}:${currency}:${amount}:${how}`;
  const hidden = named(`sha256:${digestOf(reference)}`);
  return kept === null ? [hidden, named(reference.slice(0, LONGEST_REFERENCE))] : [named(kept), hidden];
}

function byContent(entry: Words, said: readonly (string | null)[]): [string, string] {
  const { bookedOn, currency, amount, payerName, payerAccount, remittance, endToEndId } = entry;
  const told = (words: readonly (string | null)[]) =>
    `content:${digestOf(JSON.stringify([bookedOn, currency, amount, ...words]))}`;
  return [told([payerName, payerAccount, remittance, endToEndId]), told(said)];
}
