import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  url: 'must be a URL',
  uuid: 'must be a UUID',
  date: 'must be a date, YYYY-MM-DD',
  datetime: 'must be an instant, as 2026-01-31T12:00:00Z',
  time: 'must be a time of day, as 08:30',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
};

/** What a thing is counted in, where it is counted. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  object: ['field', 'fields'],
};

type Sayings = { readonly [Code in Issue['code']]?: (issue: Extract<Issue, { code: Code }>) => string };

const SAYINGS: Sayings = {
  invalid_type: ({ expected }) => `must be ${KINDS[expected] ?? expected}`,
  invalid_value: ({ values }) => oneOf(values),
  too_small: (issue) => bound(issue, issue.minimum, 'at least', 'more than'),
  too_big: (issue) => bound(issue, issue.maximum, 'at most', 'less than'),
  not_multiple_of: ({ divisor }) => `must be a multiple of ${divisor}`,
  invalid_format: ({ format }) => FORMATS[format] ?? 'does not have the right form',
  invalid_union: ({ options, errors }) => (Array.isArray(options) ? oneOf(options) : unionComplaint(errors)),
};

/** What is wrong with a value, in words that end a sentence which begins with the name of its field. */
export function complaintOf(issue: Issue): string {
  if (issue.input === undefined) return 'is required';
  const saying = SAYINGS[issue.code] as ((issue: Issue) => string) | undefined;
  return saying?.(issue) ?? 'is invalid';
}

function oneOf(values: readonly unknown[]): string {
  const [only, ...others] = values;
  return others.length > 0 ? `must be one of ${values.join(', ')}` : `must be ${JSON.stringify(only)}`;
}

interface Bound {
  readonly origin: string;
  readonly inclusive?: boolean | undefined;
  readonly exact?: boolean | undefined;
}

function bound({ origin, inclusive, exact }: Bound, value: number | bigint, included: string, beyond: string): string {
  const how = exact ? 'exactly' : inclusive ? included : beyond;
  const unit = UNITS[origin];
  if (!unit) return `must be ${how} ${value}`;
  if (how === 'at least' && Number(value) === 1) return 'must not be empty';
  return `must have ${how} ${value} ${Number(value) === 1 ? unit[0] : unit[1]}`;
}

/** Of what each branch says of a value, that of one which its type fits; else all that it may be. */
function unionComplaint(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const fitting = branches.find(([first]) => first && first.code !== 'invalid_type' && first.code !== 'invalid_value');
  if (fitting?.[0]?.path.length === 0) return fitting[0].message;
  const kinds = branches.flatMap(([first]) =>
    first?.path.length === 0 ? [first.message.replace(/^must be /, '')] : [],
  );
  return kinds.length === branches.length && kinds.length > 0
    ? `must be ${[...new Set(kinds)].join(' or ')}`
    : 'does not fit any of its forms';
}
