import { describe, expect, it } from '@jest/globals';
import { complaintOf, emailAddress, line } from '@isp/apis/shared';
import { z } from 'zod';
import { phraseOf } from './phrases.js';

/** Phrases of what is really said about a value. */
const said = (schema: z.ZodType, value: unknown): string[] | undefined =>
  schema.safeParse(value, { error: complaintOf }).error?.issues.map(({ message }) => phraseOf(message));

describe('phraseOf', () => {
  it('leaves alone what is a phrase already', () => {
    expect(phraseOf('is already taken')).toBe('is already taken');
    expect(phraseOf('must be a phone number')).toBe('must be a phone number');
  });

  it.each([
    [line(5), undefined, 'is required'],
    [line(5), ' ', 'is required'],
    [line(5), 'abcdef', 'is too long (maximum is 5 characters)'],
    [z.string().min(3), 'ab', 'is too short (minimum is 3 characters)'],
    [line(5), 7, 'must be text'],
    [emailAddress, undefined, 'is required'],
    [emailAddress, 'nobody', 'is not a valid e-mail address'],
    [z.strictObject({}), [], 'must be an object'],
  ])('says in words what a schema refuses (%#)', (schema, value, phrase) => {
    expect(said(schema, value)).toEqual([phrase]);
  });

  it('keeps what it does not know', () => {
    expect(phraseOf('There is no such partner.')).toBe('is invalid: There is no such partner.');
  });
});
