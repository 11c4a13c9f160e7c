import { z } from 'zod';

const MAX_LIMIT = 10_000;

const lastOf = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);

/**
 * A filter as this API's clients rely on: an empty one is as good as none, of several the last counts, and one that
 * nothing fits finds nothing.
 */
export function filter(description: string, known?: readonly string[]) {
  const text = z.preprocess(
    (value) => (lastOf(value) === '' ? undefined : lastOf(value)),
    // PostgreSQL holds no NUL, so nothing can be named so.
    z
      .string()
      .refine((text) => !text.includes('\0'))
      .optional()
      .catch(undefined),
  );
  return text.optional().meta({ description, ...(known ? { enum: [...known] } : {}) });
}

const LIMIT = 'must be a positive whole number';
// No filter of the documents of this API: nobody relies on a wrong one being none.
const limit = z
  .preprocess(
    (value) => (lastOf(value) === '' ? undefined : lastOf(value)),
    z
      .string(LIMIT)
      .regex(/^[1-9]\d{0,8}$/, LIMIT)
      .transform((text) => Math.min(Number(text), MAX_LIMIT))
      .optional(),
  )
  .optional()
  .meta({
    type: 'integer',
    minimum: 1,
    description: `At most so many rows, and at most ${MAX_LIMIT}; all of them without it.`,
  });

/** For readers that cannot take everything at once. */
export const sliceFilters = (id: string) => ({
  limit,
  after_id: filter(`Only rows behind the one with this ${id}: the last one of the slice before.`),
});

/** A query that ignores what it does not know. */
export function tolerantQuery<T extends z.ZodRawShape>(filters: T) {
  return z.object(filters);
}
