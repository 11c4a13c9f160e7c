import type { Sort, Sorting } from '@isp/platform/database';
import { z } from 'zod';

/** Every word that a list can be sorted by. */
const sortWords = (sorting: Sorting): string[] => [
  ...new Set([...sorting.fields.flatMap((field) => [field, `-${field}`]), ...Object.keys(sorting.words)]),
];

/** `sort` of a list: a field of its answer, with a minus the other way round. */
export function sortInput<F extends string>(sorting: Sorting<F>) {
  const words: Readonly<Record<string, Sort<F>>> = sorting.words;
  return z
    .enum(sortWords(sorting) as [string, ...string[]])
    .transform((word): Sort<F> => words[word] ?? (word as Sort<F>))
    .optional()
    .meta({ description: describe(sorting) });
}

/** What is wrong with sorting by a field that needs a filter which is not there; undefined when nothing is. */
export function missingForSort<F extends string>(
  sorting: Sorting<F>,
  query: Readonly<Record<string, unknown>>,
): string | undefined {
  const sort = query['sort'];
  if (typeof sort !== 'string') return undefined;
  const needed = sorting.needs(sort.replace(/^-/, '') as F);
  if (needed.length === 0 || needed.some((filter) => query[filter] !== undefined)) return undefined;
  return `can be ${sort} only together with ${needed.join(' or ')}`;
}

function describe(sorting: Sorting): string {
  const narrow = sorting.fields.filter((field) => sorting.needs(field).length > 0);
  const needs = [...new Set(narrow.map((field) => sorting.needs(field).join('` or `')))];
  return [
    'A field of the answer; with `-` the greatest or latest first. Rows without a value come last.',
    ...needs.map((filters) => {
      const those = narrow.filter((field) => sorting.needs(field).join('` or `') === filters);
      return `Only with \`${filters}\`: \`${those.join('`, `')}\`.`;
    }),
  ].join(' ');
}
