import { describe, expect, it } from '@jest/globals';
import { pageOf, pagination } from './paging.js';

describe('paging', () => {
  it('turns pages into slices', () => {
    expect(pageOf({ page: 1, perPage: 25, maxPerPage: 100 })).toEqual({ limit: 25, offset: 0 });
    expect(pageOf({ page: 3, perPage: 10, maxPerPage: 100 })).toEqual({ limit: 10, offset: 20 });
  });

  it.each([0, -1, NaN, -Infinity])('brings page %p into range', (page) =>
    expect(pageOf({ page, perPage: 500, maxPerPage: 100 })).toEqual({ limit: 100, offset: 0 }),
  );

  it.each([1e20, Infinity, Number.MAX_SAFE_INTEGER])('keeps the offset of page %p a safe integer', (page) => {
    const { offset } = pageOf({ page, perPage: 100, maxPerPage: 100 });
    expect(Number.isSafeInteger(offset)).toBe(true);
    expect(String(offset)).toMatch(/^\d+$/);
  });

  it('counts pages', () => {
    expect(pagination({ page: 2, perPage: 25, total: 51 })).toEqual({ page: 2, per_page: 25, total: 51, pages: 3 });
    expect(pagination({ page: 1, perPage: 25, total: 50 }).pages).toBe(2);
    expect(pagination({ page: 1, perPage: 25, total: 0 }).pages).toBe(0);
  });
});
