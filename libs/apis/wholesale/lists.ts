import { wholeNumber } from '@isp/apis/shared';
import { pageOf } from '@isp/kernel';
import { z } from 'zod';

const MAX_COUNT = 100;

/** `page` and `count` of this API's lists. */
export const pagingQuery = { page: wholeNumber(100_000_000).default(1), count: wholeNumber(MAX_COUNT).default(10) };

interface Paging {
  readonly page: number;
  readonly count: number;
}

/** `page` and `count` as limit and offset. */
export function sliceOf({ page, count }: Paging) {
  return pageOf({ page, perPage: count, maxPerPage: MAX_COUNT });
}

/** A page: its `count` says how many items it has, its `total` how many there are altogether. */
export function pageOfItems<T>(items: readonly T[], total: number, { page }: Paging) {
  return { items, page, count: items.length, total };
}

/** The shape of a page, for the documentation. */
export function pageShape(item: z.ZodType) {
  return z.object({ items: z.array(item), page: z.int(), count: z.int(), total: z.int() });
}
