import { z } from 'zod';
import { line, percent, prose } from './input.js';

const name = line(120);
/** Months of service that a promotion holds for. */
const months = z.int().min(1).max(120);

/** Fields of a promotion whose names and limits both APIs that keep them share; a new one must have these. */
export const newPromotionFields = {
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'must be 2 to 40 letters, digits or hyphens'),
  name,
  months,
};

/** What of them may be changed. */
export const changedPromotionFields = { name: name.optional(), months: months.optional() };

export const optionalPromotionFields = {
  description: prose(2000).nullable().optional(),
  percent: percent.nullable().optional(),
  max_uses: z.int().min(1).max(10_000_000).nullable().optional(),
};

/** A new promotion, as an example of a request. */
export const createPromotionExample = {
  code: 'SPRING-3',
  name: 'Three months at half price',
  percent: 50,
  months: 3,
  max_uses: 500,
};
