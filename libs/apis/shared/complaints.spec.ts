import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { complaintOf } from './complaints.js';
import { unitAmount } from './input.js';

const said = (schema: z.ZodType, value: unknown): string[] | undefined =>
  schema.safeParse(value, { error: complaintOf }).error?.issues.map(({ message }) => message);

describe('complaintOf', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'is required'],
    [z.object({}), undefined, 'is required'],
    [z.enum(['a', 'b']), undefined, 'is required'],
    [z.string(), 7, 'must be text'],
    [z.number(), '7', 'must be a number'],
    [z.int(), 1.5, 'must be a whole number'],
    [z.boolean(), 'yes', 'must be true or false'],
    [z.array(z.int()), {}, 'must be a list'],
    [z.strictObject({}), [], 'must be an object'],
    [z.enum(['monthly', 'annual']), 'weekly', 'must be one of monthly, annual'],
    [z.literal('late_fee'), 'x', 'must be "late_fee"'],
    [z.string().min(1), '', 'must not be empty'],
    [z.string().min(3), 'ab', 'must have at least 3 characters'],
    [z.string().max(1), 'ab', 'must have at most 1 character'],
    [z.string().length(2), 'abc', 'must have exactly 2 characters'],
    [z.array(z.int()).min(1), [], 'must not be empty'],
    [z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 items'],
    [z.int().min(1), 0, 'must be at least 1'],
    [z.int().max(28), 29, 'must be at most 28'],
    [z.number().gt(0), 0, 'must be more than 0'],
    [z.number().multipleOf(0.5), 0.3, 'must be a multiple of 0.5'],
    [z.iso.date(), '2026-02-30', 'must be a date, YYYY-MM-DD'],
    [z.iso.datetime(), 'today', 'must be an instant, as 2026-01-31T12:00:00Z'],
    [z.string().regex(/^a/), 'b', 'does not have the right form'],
    [z.string().regex(/^a/, 'must begin with a'), 'b', 'must begin with a'],
    [z.union([z.null(), unitAmount]), -1, 'must not be negative'],
    [z.union([z.null(), unitAmount]), 'x', 'must be null or a number'],
    [z.union([z.literal('all'), z.int()]), 'x', 'must be "all" or a number'],
  ])('says in words what is wrong (%#)', (schema, value, words) => {
    expect(said(schema, value)).toEqual([words]);
  });

  it('says of things that must be of one kind which kinds there are', () => {
    const step = z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('suspend') }),
      z.strictObject({ action: z.literal('throttle'), mbps: z.int() }),
    ]);
    expect(said(step, { action: 'shout' })).toEqual(['must be one of suspend, throttle']);
    expect(said(step, {})).toEqual(['must be one of suspend, throttle']);
    expect(said(step, { action: 'throttle' })).toEqual(['is required']);
  });
});
