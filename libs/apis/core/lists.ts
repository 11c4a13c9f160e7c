import { pageOf, pagination } from '@isp/kernel';
import { pagingQuery } from '@isp/apis/shared';
import { z } from 'zod';

export const PAGE_LIMIT = 100;

/** `page` and `per_page` as limit and offset. */
export function sliceOf(query: { readonly page: number; readonly per_page: number }) {
  return pageOf({ page: query.page, perPage: query.per_page, maxPerPage: PAGE_LIMIT });
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
