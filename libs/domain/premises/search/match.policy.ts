import { aliasesOf, isNumber, wordsOf } from './words.js';

/** Weight of a number, and of a word that no address has. */
const NUMBER_WEIGHT = 6;
const SHARE = { words: 0.8, order: 0.12, rest: 0.08 } as const;
const PREFIX_FLOOR = 0.75;

/** A word of the search with what it counts for. */
export interface SearchWord {
  readonly word: string;
  readonly weight: number;
}

/** Words that few addresses have say more than those that many have. */
export function weigh(
  words: readonly string[],
  addressesWith: ReadonlyMap<string, number>,
  total: number,
): SearchWord[] {
  return words.map((word) => {
    const known = addressesWith.get(word);
    const weight = isNumber(word) || known === undefined ? NUMBER_WEIGHT : Math.log(1 + total / Math.max(1, known));
    return { word, weight: Math.max(0.2, weight) };
  });
}

/** How well words of addresses fit those of one search: addresses that are compared share most of their words. */
export type Fits = Map<string, Map<string, number>>;
type FitsOfWord = (candidate: string) => number;

function fitsOf(fits: Fits, word: string): FitsOfWord {
  const known = fits.get(word) ?? new Map<string, number>();
  fits.set(word, known);
  return (candidate) => {
    const seen = known.get(candidate);
    if (seen !== undefined) return seen;
    const fit = fitOf(word, candidate);
    known.set(candidate, fit);
    return fit;
  };
}

/**
 * How well an address fits a search, 0 to 1: mostly which of the words it has (exactly, as an abbreviation, begun or
 * misspelt), a little whether they follow each other as they were typed, and how much else the address says. Compare the
 * addresses of one search with the same `fits`.
 */
export function confidenceOf(search: readonly SearchWord[], address: string, fits: Fits = new Map()): number {
  const words = wordsOf(address);
  const taken = new Set<number>();
  let reached = 0;
  let sum = 0;
  let inOrder = 0;
  let last = -2;
  for (const { word, weight } of search) {
    const { at, quality } = bestOf(fitsOf(fits, word), words, taken, last + 1);
    sum += weight;
    reached += weight * quality;
    if (at >= 0) taken.add(at);
    if (at === last + 1 || last === -2) inOrder += at >= 0 ? 1 : 0;
    last = at >= 0 ? at : -1;
  }
  if (sum === 0) return 0;
  const rest = words.length === 0 ? 0 : taken.size / words.length;
  const score = SHARE.words * (reached / sum) + SHARE.order * (inOrder / search.length) + SHARE.rest * rest;
  return Math.round(score * 1000) / 1000;
}

/** The word of the address that fits best and is not taken; among equals the one that is next in order. */
function bestOf(fits: FitsOfWord, words: readonly string[], taken: ReadonlySet<number>, next: number) {
  let at = -1;
  let quality = 0;
  for (const [index, candidate] of words.entries()) {
    if (taken.has(index)) continue;
    const fit = fits(candidate);
    if (fit > quality || (fit === quality && fit > 0 && index === next)) [at, quality] = [index, fit];
  }
  return { at, quality };
}

function fitOf(word: string, candidate: string): number {
  if (word === candidate) return 1;
  if (aliasesOf(word).includes(candidate)) return 0.95;
  if (candidate.startsWith(word)) return PREFIX_FLOOR + (0.2 * word.length) / candidate.length;
  if (isNumber(word) || isNumber(candidate)) return 0;
  const typos = typosBetween(word, candidate, maxTypos(word, candidate));
  return typos === undefined ? 0 : Math.max(0, 0.9 - typos / word.length);
}

/**
 * How many typos a word may have and still mean the other: none in words that are too short to tell. Where two letters
 * are missing (`Harbr` for `Harbour`), all that were typed are right, so a shorter word tells.
 */
export function maxTypos(word: string, meant: string): number {
  if (word.length < 3) return 0;
  return word.length >= 6 || (word.length === 5 && meant.length === 7) ? 2 : 1;
}

/**
 * Typos between two words (one too many, too few, another, or two swapped), or undefined when there are more than `max`.
 * (Restricted Damerau-Levenshtein distance.)
 */
export function typosBetween(left: string, right: string, max: number): number | undefined {
  if (Math.abs(left.length - right.length) > max) return undefined;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, n) => n);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const change = (last[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const steps = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, change);
      row.push(swap ? Math.min(steps, (beforeLast[j - 2] as number) + 1) : steps);
    }
    [beforeLast, last] = [last, row];
    if (Math.min(...row) > max) return undefined;
  }
  const typos = last[right.length] as number;
  return typos <= max ? typos : undefined;
}
