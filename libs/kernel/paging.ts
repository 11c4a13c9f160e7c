export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly maxPerPage: number;
}

export interface PageSlice {
  readonly limit: number;
  readonly offset: number;
}

export interface Pagination {
  readonly page: number;
  readonly per_page: number;
  readonly total: number;
  readonly pages: number;
}

/**
 * LIMIT and OFFSET of a page. Out-of-range input is brought into range (schemas refuse it long before), and the
 * offset of an absurdly deep page stays a safe integer, which is also a valid `bigint` for SQL.
 */
export function pageOf({ page, perPage, maxPerPage }: PageRequest): PageSlice {
  const limit = clamp(perPage, maxPerPage);
  return { limit, offset: Math.min((clamp(page, Number.MAX_SAFE_INTEGER) - 1) * limit, Number.MAX_SAFE_INTEGER) };
}

/** The `pagination` object of a list; an empty list has no pages. */
export function pagination(at: {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}): Pagination {
  return { page: at.page, per_page: at.perPage, total: at.total, pages: Math.ceil(at.total / at.perPage) };
}

function clamp(value: number, max: number): number {
  return Number.isNaN(value) ? 1 : Math.min(Math.max(Math.trunc(value), 1), max);
}
