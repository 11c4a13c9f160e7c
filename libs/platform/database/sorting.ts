import { type Statement, statement } from './statement.js';

/** A field as it is called in the answer; with a minus the greatest, or latest, comes first. */
export type Sort<F extends string = string> = F | `-${F}`;

export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** What stands for a field, smallest first. */
interface SortColumn {
  /** SQL, with `DESC` where an index has a part the other way round; the id is added where it is missing. */
  readonly by: readonly string[];
  /** May be empty: such rows come last either way. Its index needs a twin for the way back. */
  readonly nullable?: boolean;
  /** Served by no index: offered only to lists that one of these filters makes short. */
  readonly within?: readonly string[];
}

interface SortingOptions<F extends string> {
  /** The unique column that decides between equals, so that no row is on two pages or on none. */
  readonly id: string;
  /** Leads the indexes that serve a partner. */
  readonly partner?: string;
  /** The order of a list when none is asked for. */
  readonly otherwise: readonly string[];
  readonly fields: Readonly<Record<F, string | SortColumn>>;
  /** Words that stood for an order before fields did. */
  readonly words?: Readonly<Record<string, Sort<NoInfer<F>>>>;
}

/** What a list can be sorted by. Only this text reaches a statement, never the caller's. */
export interface Sorting<F extends string = string> {
  readonly fields: readonly F[];
  readonly words: Readonly<Record<string, Sort<F>>>;
  /** The filters of which a field needs one; none for a field that is always offered. */
  needs(field: F): readonly string[];
  /** What follows ORDER BY, for readers of everything or of one partner. */
  orderBy(sort?: Sort<F>, ofPartner?: boolean): string;
}

/** A slice of a list in an order that the caller chose, or in the list's own. */
export type SortedSlice<S extends Sorting> = Slice & { readonly sort?: SortIn<S> | undefined };

type SortIn<S> = S extends Sorting<infer F> ? Sort<F> : never;

export function sorting<F extends string>(options: SortingOptions<F>): Sorting<F> {
  const columns = new Map<string, SortColumn>(
    Object.entries<string | SortColumn>(options.fields).map(([field, column]) => [
      field,
      typeof column === 'string' ? { by: [column] } : column,
    ]),
  );
  const termsOf = (sort: Sort<F>): string[] => {
    const backwards = sort.startsWith('-');
    const column = columns.get(backwards ? sort.slice(1) : sort);
    if (!column) throw new Error(`no list is sorted by ${sort}`);
    const known = column.by.some((term) => term.split(' ')[0] === options.id);
    const terms = known ? column.by : [...column.by, options.id];
    const [first = '', ...rest] = backwards ? terms.map(flipped) : terms;
    return [column.nullable ? `${first} NULLS LAST` : first, ...rest];
  };
  return {
    fields: [...columns.keys()] as F[],
    words: options.words ?? {},
    needs: (field) => columns.get(field)?.within ?? [],
    orderBy: (sort, ofPartner = false) => {
      const terms = sort === undefined ? options.otherwise : termsOf(sort);
      if (!ofPartner || options.partner === undefined) return terms.join(', ');
      return [isDescending(terms[0] ?? '') ? flipped(options.partner) : options.partner, ...terms].join(', ');
    },
  };
}

const isDescending = (term: string): boolean => / DESC(?: NULLS LAST)?$/.test(term);
const flipped = (term: string): string => (term.endsWith(' DESC') ? term.slice(0, -' DESC'.length) : `${term} DESC`);

/** One statement for each order of a list, each with a plan of its own. */
export interface SortedStatements<F extends string> {
  of(sort: Sort<F> | undefined, ofPartner?: boolean): Statement;
}

/** @param text the statement, given what follows ORDER BY */
export function sortedStatements<F extends string>(
  name: string,
  sorting: Sorting<F>,
  text: (orderBy: string) => string,
): SortedStatements<F> {
  const sorts = [undefined, ...sorting.fields.flatMap((field): Sort<F>[] => [field, `-${field}`])];
  const keyOf = (sort: Sort<F> | undefined, ofPartner: boolean) => `${sort ?? ''}${ofPartner ? ' of partner' : ''}`;
  const statements = new Map(
    sorts.flatMap((sort) =>
      [false, true].map((ofPartner) => {
        const suffix = `${ofPartner ? '-of-partner' : ''}${sort === undefined ? '' : `-by-${sort}`}`;
        const order = sorting.orderBy(sort, ofPartner);
        return [keyOf(sort, ofPartner), statement(`${name}${suffix}`, text(order))] as const;
      }),
    ),
  );
  return {
    of: (sort, ofPartner = false) => {
      const found = statements.get(keyOf(sort, ofPartner));
      if (!found) throw new Error(`${name} is not sorted by ${sort}`);
      return found;
    },
  };
}
