import { Body, createParamDecorator, type ExecutionContext, Param, Query } from '@nestjs/common';
import { holdsCardNumber, parseDecimal, readAmount } from '@isp/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { httpErrors } from './errors.js';

/** The request body, checked by a strict zod schema (`answering`). */
export const JsonBody = (schema: z.ZodType): ParameterDecorator => Body({ schema });

/** The whole query string, checked by a strict zod schema. */
export const QueryString = (schema: z.ZodType): ParameterDecorator => Query({ schema });

/** A path parameter, checked by a zod schema of its text. */
export const PathParam = (name: string, schema: z.ZodType): ParameterDecorator => Param(name, { schema });

/** The version demanded by `If-Match`, as a number; undefined without the header or for `*`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw httpErrors('http.version.mismatch');
  return Number(version);
});

// Line breaks and other control characters would break log lines, exports and header values downstream.
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/;

const plainLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters');

/** Whoever writes a card number somewhere is told before it is stored anywhere. */
const withoutCard = <T extends z.ZodType<string>>(text: T) =>
  text.refine((value) => !holdsCardNumber(value), 'must not contain a card number');

/** One line of text as people write it: trimmed, not empty, no control characters. */
export const line = (max: number) => withoutCard(plainLine(max));

/** A name that somebody else gave a thing (a serial number, a file, a bank account), whatever its digits look like. */
export const identifier = plainLine;

/** Free text over several lines. */
export const prose = (max: number) =>
  withoutCard(
    z
      .string()
      .max(max)
      .refine((text) => !CONTROL.test(text.replace(/[\n\r\t]/g, '')), 'must not contain control characters'),
  );

/** The bytes of a body that is no JSON, one character each, as the parsers of the HTTP server hand them on. */
export const bytesBody = (type: string) =>
  z
    .string({ error: ({ input }) => (input === undefined || input === null ? 'is empty' : `must be ${type}`) })
    .min(1, 'is empty')
    .refine((text) => !/[^\u0000-\u00ff]/.test(text), `must be ${type}`);

/** The bytes of a file. */
export const fileBody = bytesBody('application/octet-stream');

/** Text to look for: anything that the database can hold. */
export const needle = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must be plain text');

/** What a list is searched for. An empty or blank one is as good as none. */
export const searchText = (max: number) =>
  needle(max)
    .transform((text) => (text.trim() === '' ? undefined : text.trim()))
    .optional();

/** One that is left out is missing, as of every other field, and not wrong. */
export const emailAddress = z
  .email({ error: ({ input }) => (input === undefined ? undefined : 'Invalid email format') })
  .max(254);

/** As people write it; without zeros in front it has at most the 15 digits of E.164. */
export const phoneNumber = z
  .string()
  .trim()
  .regex(/^\+?[0-9][0-9 ().-]{3,30}$/, { error: 'must be a phone number', abort: true })
  .refine((text) => text.replace(/\D/g, '').replace(/^0+/, '').length <= 15, 'must be a phone number');

/** An instant in RFC 3339, with its offset. */
export const instant = z.iso
  .datetime({ offset: true, message: 'must be an RFC 3339 instant' })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() >= 1900 && date.getUTCFullYear() < 2200, 'must be between 1900 and 2199');

/** A day, `YYYY-MM-DD`; whose calendar it is of is not said. */
export const calendarDay = z.iso
  .date('must be a date, YYYY-MM-DD')
  .refine((text) => text >= '1900' && text < '2200', 'must be between 1900 and 2199');

/** How a number that travels as text is documented: callers write an integer. */
const POSITIVE_INTEGER = { type: 'integer', pattern: undefined, minimum: 1 };

/** An integer id in a path or query. */
export const intId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be a positive integer')
  .meta(POSITIVE_INTEGER)
  .transform(Number)
  .refine((id) => id <= 2_147_483_647, 'must be a positive integer');

/** An integer id inside a JSON body. */
export const bodyId = z.int().min(1).max(2_147_483_647);

const whole = (max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a positive integer')
    .meta({ ...POSITIVE_INTEGER, maximum: max })
    .transform(Number)
    .refine((value) => value <= max, `must be at most ${max}`);

/** `page` and `per_page` of the core API's lists. */
export const pagingQuery = { page: whole(100_000_000).default(1), per_page: whole(100).default(25) };

/** A positive whole number in a query string, at most `max`. */
export const wholeNumber = whole;

/** A JSON number that is an exact amount of at most 4 decimals; becomes decimal text. */
export const unitAmount = z
  .number()
  .meta({ minimum: 0 })
  .transform((value, context) => {
    const reading = readAmount(value, { currency: 'USD', decimals: 4 });
    if (reading.ok) return reading.amount.toFixed();
    context.addIssue({ code: 'custom', message: reading.problem });
    return z.NEVER;
  });

/** The same above zero. */
export const amountAboveZero = unitAmount.refine((amount) => amount !== '0', 'must be above 0');

/**
 * A JSON number between two others, both included, as exact decimal text. It is looked at as it is written: that
 * 0.30000000000000004 has 17 decimals is what a program wants to know that computes money in floating point.
 */
export const exactNumber = (least: number, most: number, decimals = 4) =>
  z
    .number()
    .min(least)
    .max(most)
    .transform((value, context) => {
      const exact = parseDecimal(value);
      if (exact && exact.decimalPlaces() <= decimals) return exact.toFixed();
      context.addIssue({ code: 'custom', message: `must not have more than ${decimals} decimals` });
      return z.NEVER;
    });

/** Per cent, to a thousandth. */
export const percent = exactNumber(0, 100, 3).transform(Number);

// Chile's unit of account is a fund code, which ICU leaves out.
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), 'CLF']);
const CURRENCY = 'must be an ISO 4217 code';
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: CURRENCY, abort: true })
  .refine((code) => CURRENCIES.has(code), CURRENCY);

/** An IANA time zone. */
export const timeZone = z
  .string()
  .max(60)
  .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'must be an IANA time zone');

/** `true` or `false` in a query string. */
export const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
