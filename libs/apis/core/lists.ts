import { pageOf, pagination } from '@isp/kernel';
import { missingForSort, pagingQuery, sortInput } from '@isp/apis/shared';
import type { Slice, Sort, Sorting } from '@isp/platform/database';
import { z } from 'zod';

export const PAGE_LIMIT = 100;

/** `page` and `per_page` as limit and offset, in the order that was asked for. */
export function sliceOf<F extends string = never>(query: {
  readonly page: number;
  readonly per_page: number;
  readonly sort?: Sort<F> | undefined;
}): Slice & { readonly sort: Sort<F> | undefined } {
  return { ...pageOf({ page: query.page, perPage: query.per_page, maxPerPage: PAGE_LIMIT }), sort: query.sort };
}

/** `{"<resource>": […], "pagination": {…}}`. */
export function listOf<N extends string, T>(
  name: N,
  rows: readonly T[],
  total: number,
  query: { readonly page: number; readonly per_page: number },
) {
  return { [name]: rows, pagination: pagination({ page: query.page, perPage: query.per_page, total }) } as Record<
    N,
    readonly T[]
  > & {
    pagination: ReturnType<typeof pagination>;
  };
}

/** The shape of a list, for the documentation. */
export function listShape(name: string, item: z.ZodType) {
  return z.object({
    [name]: z.array(item),
    pagination: z.object({ page: z.int(), per_page: z.int(), total: z.int(), pages: z.int() }),
  });
}

/** The query of a list: paging and the given filters, nothing else. */
export function listQuery<T extends z.ZodRawShape>(filters: T) {
  return z.strictObject({ ...pagingQuery, ...filters });
}

/** The query of a list that callers sort (ADR 45). */
export function sortedQuery<T extends z.ZodRawShape, F extends string>(filters: T, sorting: Sorting<F>) {
  return z.strictObject({ ...pagingQuery, ...filters, sort: sortInput(sorting) }).superRefine((query, context) => {
    const message = missingForSort(sorting, query);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['sort'], message });
  });
}
