import { maxTypos, typosBetween } from './match.policy.js';
import { aliasesOf, isNumber } from './words.js';

/** A word that addresses have, and how many have it. */
export interface KnownWord {
  readonly word: string;
  readonly addresses: number;
}

/** What the register knows of one word of a search. */
export interface Knowledge {
  readonly exact: number | undefined;
  /** Words that begin like it, the most frequent first; as many as were asked for when there are more. */
  readonly beginnings: readonly KnownWord[];
  /** Words that look like it. */
  readonly similar: readonly KnownWord[];
}

/** From so many beginnings on, a few letters say too little to look for them. */
export const MAX_BEGINNINGS = 40;
const MAX_LEFT_OUT = 9;

/** A search as `tsquery` texts, to be tried one after another until one finds something. */
export type Term = readonly string[];

/**
 * What each word is looked for as: itself where addresses have it (the last word, which may not be finished, also as a
 * beginning), else what it begins or abbreviates. Undefined: not looked for, because it is in no address or begins too
 * many words.
 */
export function strictTerm(word: string, last: boolean, known: Knowledge | undefined): Term | undefined {
  const aliases = aliasesOf(word);
  if (isNumber(word)) return [word];
  const itself = known?.exact === undefined ? [] : [word];
  const begun = last || itself.length === 0 ? (known?.beginnings ?? []) : [];
  const few = begun.length < MAX_BEGINNINGS ? begun.map((one) => one.word) : [];
  const term = [...new Set([...itself, ...aliases, ...few])];
  return term.length > 0 ? term : undefined;
}

/** As `strictTerm`, and whatever the word may be a misspelling of. */
export function patientTerm(word: string, known: Knowledge | undefined): Term | undefined {
  if (isNumber(word)) return [word];
  const meant = (known?.similar ?? []).filter(
    (one) => typosBetween(word, one.word, maxTypos(word, one.word)) !== undefined,
  );
  const term = [...new Set([...(strictTerm(word, true, known) ?? []), ...meant.map((one) => one.word)])];
  return term.length > 0 ? term : undefined;
}

// Words are letters and digits alone, so quoting them is enough to keep them from being operators.
const oneOf = (term: Term): string => `(${term.map((word) => `'${word}'`).join('|')})`;

/** Every term must be there. */
export const allOf = (terms: readonly Term[]): string => terms.map(oneOf).join('&');

/** All terms but any one of them. */
export function allButOne(terms: readonly Term[]): string | undefined {
  if (terms.length < 2 || terms.length > MAX_LEFT_OUT) return undefined;
  return terms.map((_, out) => `(${allOf(terms.filter((__, index) => index !== out))})`).join('|');
}
