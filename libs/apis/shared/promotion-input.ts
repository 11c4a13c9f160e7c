import { z } from 'zod';
import { line, percent, prose } from './input.js';

const name = line(120);
/** Months of service that a promotion holds for. */
const months = z.int().min(1).max(120);

/** What a new promotion must have. */
const required = {
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'must be 2 to 40 letters, digits or hyphens'),
  name,
  months,
};

const optional = {
  description: prose(2000).nullable().optional(),
  percent: percent.nullable().optional(),
  max_uses: z.int().min(1).max(10_000_000).nullable().optional(),
};

/** The body of a new promotion: the fields that all APIs name alike, and those that one names in its own way. */
export const newPromotionBody = <T extends z.ZodRawShape>(own: T) =>
  z.strictObject({ ...required, ...optional, ...own });

/** The body of a change: the code stays what it is. */
export const changedPromotionBody = <T extends z.ZodRawShape>(own: T) =>
  z.strictObject({ name: name.optional(), months: months.optional(), ...optional, ...own });

/** A new promotion, as an example of a request. */
export const createPromotionExample = {
  code: 'SPRING-3',
  name: 'Three months at half price',
  percent: 50,
  months: 3,
  max_uses: 500,
};
