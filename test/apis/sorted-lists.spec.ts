import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, person } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { LEGACY_WORDS, NARROWED_BY, RANKS, UNSORTED, fill, placesOf } from './sorted-lists.js';

interface Parameter {
  readonly name: string;
  readonly schema?: { readonly enum?: readonly string[] };
}
interface Document {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;
}
type Row = Readonly<Record<string, unknown>>;
interface Page {
  readonly rows: readonly Row[];
  readonly total: number;
}

const document = JSON.parse(
  readFileSync(new URL('./openapi/core.json', import.meta.url), 'utf8'),
) as unknown as Document;
const lists = Object.entries(document.paths).flatMap(([path, { get }]) => {
  const parameters = get?.parameters ?? [];
  if (!parameters.some(({ name }) => name === 'per_page')) return [];
  return [
    {
      path,
      parameters: parameters.map(({ name }) => name),
      words: parameters.find(({ name }) => name === 'sort')?.schema?.enum ?? [],
    },
  ];
});
const sorted = lists.filter(({ words }) => words.length > 0);
const legacyOf = (path: string): Readonly<Record<string, string>> => LEGACY_WORDS[path] ?? {};

let world: ApiWorld;
let places: Readonly<Record<string, string>>;
let readers: Readonly<Record<'operator' | 'reseller', string>>;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  await fill(world);
  places = await placesOf(world);
  const signedIn = async (partner: number, role: string) =>
    world.tokenOf((await person(world, partner, role)).login, PASSWORD);
  readers = { operator: await signedIn(1, 'superadmin'), reseller: await signedIn(2, 'reseller_admin') };
}, 180_000);
afterAll(() => world.close());

const addressOf = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => places[`${path} ${name}`] ?? places[name] ?? name);

async function ask(path: string, token: string, query: Readonly<Record<string, string | number>>) {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return world.ask(`${addressOf(path)}?${search}`, { token });
}

async function page(path: string, token: string, query: Readonly<Record<string, string | number>>): Promise<Page> {
  const answer = await ask(path, token, query);
  if (answer.status !== 200) throw new Error(`${path} ${JSON.stringify(query)}: ${answer.status} ${answer.text}`);
  const { pagination, ...body } = answer.json<{ pagination: { total: number } } & Record<string, Row[]>>();
  return { rows: Object.values(body).find(Array.isArray) ?? [], total: pagination.total };
}

/** All pages, each of about a fifth of the rows. */
async function walk(path: string, token: string, query: Readonly<Record<string, string>>): Promise<readonly Row[]> {
  const { total } = await page(path, token, { ...query, per_page: 1 });
  const size = Math.min(100, Math.max(2, Math.ceil(total / 5)));
  const rows: Row[] = [];
  for (let number = 1; (number - 1) * size < total; number += 1)
    rows.push(...(await page(path, token, { ...query, per_page: size, page: number })).rows);
  return rows;
}

const keyOf = (row: Row): string => {
  const { id, ticket_id: ticket, partner_id: partner, seq, service_id: service } = row;
  return JSON.stringify(id ?? ticket ?? (seq === undefined ? service : [partner, seq]));
};
const keysOf = (rows: readonly Row[]): string[] => rows.map(keyOf);

/** An address with its length, as a number that sorts as the database sorts networks. */
function networkOf(text: string): bigint {
  const [address = '', length = '0'] = text.split('/');
  const parts = address.includes(':') ? hextets(address) : address.split('.').map(Number);
  const bits = address.includes(':') ? 16n : 8n;
  const whole = parts.reduce((sum, part) => (sum << bits) + BigInt(part), address.includes(':') ? 1n : 0n);
  return (whole << 8n) + BigInt(length);
}

function hextets(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const read = (text: string) => (text === '' ? [] : text.split(':').map((part) => parseInt(part, 16)));
  const [before, after] = [read(head), read(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function compare(field: string, a: unknown, b: unknown): number {
  const rank = RANKS[field];
  if (rank) return rank.indexOf(String(a)) - rank.indexOf(String(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (field === 'prefix') return Number(networkOf(String(a)) - networkOf(String(b)));
  return Buffer.compare(Buffer.from(String(a).toLowerCase()), Buffer.from(String(b).toLowerCase()));
}

/** The first two rows that stand the wrong way round; undefined when none do. Rows without a value are last. */
function outOfOrder(rows: readonly Row[], word: string): readonly unknown[] | undefined {
  const field = word.replace(/^-/, '');
  const direction = word.startsWith('-') ? -1 : 1;
  for (const [index, row] of rows.entries()) {
    if (!(field in row)) return ['no such field', field];
    const [before, value] = [rows[index - 1]?.[field], row[field]];
    if (index === 0 || (value ?? null) === null) continue;
    if ((before ?? null) === null || direction * compare(field, before, value) > 0) return [before, value];
  }
  return undefined;
}

describe('every list', () => {
  it('is sorted, or says here why not', () => {
    const unsorted = lists.filter(({ words }) => words.length === 0).map(({ path }) => path);
    expect(Object.keys(UNSORTED).sort()).toEqual(unsorted.sort());
  });

  it('has both ways of each field', () => {
    for (const { path, words } of sorted) {
      const fields = words.filter((word) => !(word in legacyOf(path))).map((word) => word.replace(/^-/, ''));
      for (const field of fields) expect([path, words]).toEqual([path, expect.arrayContaining([field, `-${field}`])]);
    }
  });

  it('goes on knowing the words of before', () => {
    for (const [path, words] of Object.entries(LEGACY_WORDS))
      expect(sorted.find((list) => list.path === path)?.words).toEqual(expect.arrayContaining(Object.keys(words)));
  });
});

const searched = lists.flatMap(({ path, parameters }) =>
  path === '/v1/premises/search'
    ? []
    : parameters.filter((name) => name === 'search' || name === 'q').map((name) => ({ path, name })),
);

describe.each(searched)('an empty $name of $path', ({ path, name }) => {
  it.each(['', ' '])('%j is as good as none', async (text) => {
    const whole = await page(path, readers.operator, {});
    expect(await page(path, readers.operator, { [name]: text })).toEqual(whole);
    expect(whole.total).toBeGreaterThan(0);
  });
});

describe.each(sorted)('$path', ({ path, words }) => {
  const narrowed = (word: string) => NARROWED_BY[path]?.[word.replace(/^-/, '')];
  const queryOf = (word: string): Record<string, string> => {
    const filter = narrowed(word);
    return filter === undefined ? {} : { [filter]: places[`${path} ${filter}`] ?? places[filter] ?? '' };
  };

  it('has rows to sort', async () => {
    for (const word of new Set(words)) {
      const { total } = await page(path, readers.operator, { ...queryOf(word), per_page: 1 });
      expect([word, total > 1]).toEqual([word, true]);
    }
  });

  it.each(words)('is in the order of %s, without a row twice or left out', async (word) => {
    const query = queryOf(word);
    for (const token of Object.values(readers)) {
      if ((await ask(path, token, { ...query, per_page: 1 })).status !== 200) continue;
      const all = keysOf(await walk(path, token, query));
      const rows = await walk(path, token, { ...query, sort: word });
      expect(outOfOrder(rows, legacyOf(path)[word] ?? word)).toBeUndefined();
      expect(new Set(all).size).toBe(all.length);
      expect(keysOf(rows).sort()).toEqual([...all].sort());
    }
  });

  it('refuses what it does not know, and names what it does', async () => {
    for (const sort of ['colour', '--id', 'id;', '']) {
      const answer = await ask(path, readers.operator, { sort });
      const { error } = answer.json<{ error: { code: string; details: { field: string; message: string }[] } }>();
      expect([answer.status, error.code, error.details[0]?.field]).toEqual([400, 'VALIDATION_ERROR', 'sort']);
      const named = error.details[0]?.message.replace('must be one of ', '').split(', ');
      expect(named).toEqual(expect.arrayContaining([...words]));
    }
  });

  it('says which filter a field needs', async () => {
    for (const word of words) {
      const answer = await ask(path, readers.operator, { sort: word, per_page: 1 });
      expect([word, answer.status]).toEqual([word, narrowed(word) === undefined ? 200 : 400]);
      if (answer.status === 400) expect(answer.text).toContain(`only together with`);
    }
  });
});
