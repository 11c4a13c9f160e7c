import type { FieldIssue } from '@isp/kernel';
import type { z } from 'zod';
import { complaintOf } from './complaints.js';
import { httpErrors } from './errors.js';

export type InputSchema = Pick<z.ZodType, 'safeParse'>;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
}

/**
 * What a schema makes of a value. `place` names the field where the value itself is what is checked.
 * A schema must not wait for anything. (Zod's `~standard` takes one that throws for one that waits, and tries again.)
 * @throws `http.request.invalid` with every complaint, and what the schema itself throws
 */
export function checkedInput(schema: InputSchema, value: unknown, place: string): unknown {
  const result = schema.safeParse(value, { error: complaintOf });
  if (result.success) return result.data;
  const details = (result.error.issues as readonly Issue[]).flatMap(toFieldIssues);
  const named = details.map(({ field, message }) => ({ field: field === '' ? place : field, message }));
  throw httpErrors('http.request.invalid', {}, { details: named });
}

function toFieldIssues(issue: Issue): FieldIssue[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'Unknown field' }));
  }
  return [{ field: path.join('.'), message: issue.message }];
}
