import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import { PREMISE_COLUMNS, PREMISE_TABLES, type PremiseView } from '../register/premise.view.js';
import { type Fits, type SearchWord, confidenceOf, weigh } from './match.policy.js';
import {
  type Knowledge,
  type KnownWord,
  MAX_BEGINNINGS,
  type Term,
  allButOne,
  allOf,
  patientTerm,
  strictTerm,
} from './search-plan.js';
import { isNumber, wordsOf } from './words.js';

/** Addresses that are compared with a search at most; whoever reads on page by page sees no more than these. */
export const MAX_CANDIDATES = 500;
const MAX_WORDS = 16;
/** A search that so many addresses are expected to fit is quicker by looking at addresses than by collecting hits. */
const MANY = 20_000;
/** A word that so large a share of all addresses has is for the ranking alone. */
const COMMON = 0.3;

const TOTAL = statement(
  'premise-search-total',
  `SELECT greatest(reltuples, 1)::float8 AS total FROM pg_class WHERE oid = 'premises'::regclass`,
);
const KNOWN = statement(
  'premise-search-words',
  `SELECT w.word AS typed, l.word, l.addresses, l.word = w.word AS exact
     FROM unnest($1::text[], $2::text[]) w (word, beyond) CROSS JOIN LATERAL (
       (SELECT x.word, x.addresses FROM premise_words x WHERE x.word = w.word)
       UNION ALL
       (SELECT x.word, x.addresses FROM premise_words x WHERE x.word ~>~ w.word AND x.word ~<~ w.beyond
         ORDER BY x.word USING ~<~ LIMIT ${MAX_BEGINNINGS})) l`,
);
const SIMILAR = statement(
  'premise-search-similar',
  `SELECT w.word AS typed, l.word, l.addresses FROM unnest($1::text[]) w (word) CROSS JOIN LATERAL (
     SELECT x.word, x.addresses FROM premise_words x ORDER BY x.word <-> w.word LIMIT 24) l`,
);
const FOUND = `SELECT p.id::float8 AS id, p.full_text AS text FROM premises p WHERE p.deleted_at IS NULL AND`;
const SEEK = statement('premise-search-seek', `${FOUND} p.search @@ $1::tsquery LIMIT ${MAX_CANDIDATES}`);
// The index cannot serve this, so it goes through the table until it has enough.
const SCAN = statement(
  'premise-search-scan',
  `${FOUND} (p.search || ''::tsvector) @@ $1::tsquery LIMIT ${MAX_CANDIDATES}`,
);
const READ = statement(
  'premise-search-read',
  `SELECT ${PREMISE_COLUMNS} FROM ${PREMISE_TABLES} WHERE p.id = ANY ($1::bigint[])`,
);

interface Candidate {
  readonly id: number;
  readonly text: string;
}

export interface PremiseHit extends PremiseView {
  /** 0 to 1: how well the address fits what was looked for. */
  readonly confidence: number;
}

/** Finds addresses by what people type: parts in any order, beginnings of words, abbreviations, misspelt words. */
@Injectable()
export class PremiseSearch {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * One page, best first. The text is taken literally: it cannot fail, only find nothing. Among more than 500 addresses
   * that fit, 500 are ranked.
   */
  find(actor: Actor, text: string, page: { readonly limit: number; readonly offset: number }): Promise<PremiseHit[]> {
    const words = wordsOf(text).slice(0, MAX_WORDS);
    if (words.length === 0 || page.offset >= MAX_CANDIDATES) return Promise.resolve([]);
    return this.uow.run(actor, async (tx) => {
      const search = await new Search(tx, words).ready();
      const ranked = rank(search.weighed, await search.candidates());
      return read(tx, ranked.slice(page.offset, page.offset + page.limit));
    });
  }
}

/** One search under way. */
class Search {
  private readonly known = new Map<string, Knowledge>();
  private total = 1;

  constructor(
    private readonly tx: Transaction,
    private readonly words: readonly string[],
  ) {}

  /** Learns what the register knows of the words. */
  async ready(): Promise<this> {
    const words = this.letters;
    const [total, rows] = await Promise.all([
      this.tx.one<{ total: number }>(TOTAL),
      this.tx.query<KnownWord & { typed: string; exact: boolean }>(KNOWN, [
        words,
        words.map((word) => `${word}\u{10ffff}`),
      ]),
    ]);
    this.total = total?.total ?? 1;
    for (const word of words) {
      const own = rows.filter(({ typed }) => typed === word);
      const beginnings = own.filter(({ exact }) => !exact);
      this.known.set(word, { exact: own.find(({ exact }) => exact)?.addresses, beginnings, similar: [] });
    }
    return this;
  }

  get weighed(): SearchWord[] {
    const addresses = [...this.known].flatMap(([word, { exact }]) =>
      exact === undefined ? [] : [[word, exact] as const],
    );
    return weigh(this.words, new Map(addresses), this.total);
  }

  async candidates(): Promise<Candidate[]> {
    const strict = this.unique.map((word, index) =>
      strictTerm(word, index === this.unique.length - 1, this.known.get(word)),
    );
    const unknown = this.unique.some((word, index) => strict[index] === undefined && !this.begunByMany(word));
    const found = unknown ? [] : await this.fitting(strict);
    return found.length > 0 ? found : this.forgiving();
  }

  private async forgiving(): Promise<Candidate[]> {
    // A word that addresses have is most likely meant; only when all of them are known it is any of them.
    const strange = this.letters.filter((word) => this.known.get(word)?.exact === undefined);
    const similar = await this.similarTo(strange.length > 0 ? strange : this.letters);
    const terms = this.unique.map((word) => {
      const known = this.known.get(word);
      return patientTerm(word, known && { ...known, similar: similar.get(word) ?? [] });
    });
    const found = await this.fitting(terms);
    if (found.length > 0) return found;
    const query = allButOne(terms.filter((term) => term !== undefined));
    return query === undefined ? [] : this.tx.query<Candidate>(SEEK, [query]);
  }

  private async similarTo(words: readonly string[]): Promise<ReadonlyMap<string, KnownWord[]>> {
    const rows = await this.tx.query<KnownWord & { typed: string }>(SIMILAR, [words]);
    return new Map(words.map((word) => [word, rows.filter(({ typed }) => typed === word)]));
  }

  private async fitting(looked: readonly (Term | undefined)[]): Promise<Candidate[]> {
    const wanted = looked.filter((term) => term !== undefined);
    if (wanted.length === 0) return this.beginningAlone();
    const telling = wanted.filter((term) => this.frequencyOf(term) < this.total * COMMON);
    const terms = telling.length > 0 ? telling : wanted;
    return this.tx.query<Candidate>(this.expected(terms) > MANY ? SCAN : SEEK, [allOf(terms)]);
  }

  /** A few letters and nothing else. */
  private async beginningAlone(): Promise<Candidate[]> {
    const word = this.unique.find((one) => this.begunByMany(one));
    return word === undefined ? [] : this.tx.query<Candidate>(SCAN, [`'${word}':*`]);
  }

  private begunByMany(word: string): boolean {
    const known = this.known.get(word);
    return known !== undefined && known.exact === undefined && known.beginnings.length >= MAX_BEGINNINGS;
  }

  /** How many addresses have all terms, if words were spread over them by chance. */
  private expected(terms: readonly Term[]): number {
    return terms.reduce((rows, term) => rows * Math.min(1, this.frequencyOf(term) / this.total), this.total);
  }

  private frequencyOf(term: Term): number {
    const counts = term.map((word) => this.addressesWith(word));
    return isNumber(term[0] ?? '') ? this.total / 100 : counts.reduce((sum, count) => sum + count, 0);
  }

  private addressesWith(word: string): number {
    for (const [typed, { exact, beginnings }] of this.known) {
      if (typed === word) return exact ?? 0;
      const begun = beginnings.find((one) => one.word === word);
      if (begun) return begun.addresses;
    }
    return 0;
  }

  private get unique(): string[] {
    return [...new Set(this.words)];
  }

  private get letters(): string[] {
    return this.unique.filter((word) => !isNumber(word));
  }
}

function rank(search: readonly SearchWord[], candidates: readonly Candidate[]) {
  const fits: Fits = new Map();
  return candidates
    .map(({ id, text }) => ({ id, confidence: confidenceOf(search, text, fits) }))
    .sort((one, other) => other.confidence - one.confidence || one.id - other.id);
}

async function read(tx: Transaction, hits: readonly { readonly id: number; readonly confidence: number }[]) {
  if (hits.length === 0) return [];
  const rows = await tx.query<PremiseView>(READ, [hits.map(({ id }) => id)]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return hits.flatMap(({ id, confidence }) => {
    const premise = byId.get(id);
    return premise ? [{ ...premise, confidence }] : [];
  });
}
