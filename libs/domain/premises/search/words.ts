const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036f]/g;
const ASCII = /^[ -~]*$/;
const MAX_LENGTH = 60;

/**
 * The words of an address in their order: runs of letters and digits, in lower case, without accents. Addresses and
 * searches are taken apart by this alone, so that what is the same text is the same words.
 */
export function wordsOf(text: string): string[] {
  const plain = ASCII.test(text) ? text : text.normalize('NFKD').replace(MARKS, '');
  return (plain.toLowerCase().match(WORD) ?? []).map((word) => word.slice(0, MAX_LENGTH));
}

/** Whether a word counts as a number (`38`, `12b`): those are meant as they are typed. */
export const isNumber = (word: string): boolean => /\p{N}/u.test(word);

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  st: ['street', 'saint'],
  str: ['street', 'straat'],
  rd: ['road'],
  ave: ['avenue'],
  av: ['avenue'],
  dr: ['drive'],
  ln: ['lane'],
  cl: ['close'],
  cres: ['crescent'],
  ct: ['court'],
  pl: ['place'],
  sq: ['square'],
  blvd: ['boulevard'],
  hwy: ['highway'],
  ext: ['extension'],
  apt: ['apartment', 'unit', 'flat'],
  flat: ['unit', 'apartment'],
  unit: ['flat', 'apartment'],
};

/** What else an abbreviation may stand for. */
export const aliasesOf = (word: string): readonly string[] =>
  Object.hasOwn(ALIASES, word) ? (ALIASES[word] ?? []) : [];
