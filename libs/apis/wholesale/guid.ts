import { httpErrors } from '@isp/apis/shared';
import { isUuid, normaliseUuid } from '@isp/kernel';
import { z } from 'zod';

/** A GUID in a path, in either case. Text that is none names nothing, so it is not found rather than invalid. */
export const guidParam = z.string().transform((text) => {
  const guid = normaliseUuid(text);
  if (guid === undefined) throw httpErrors('http.route.unknown');
  return guid;
});

/** A GUID in a body or a query, in either case; there text that is none is a mistake of the caller's. */
export const bodyGuid = z
  .string()
  .refine((text) => isUuid(text), 'is not a GUID')
  .transform((text) => text.toLowerCase());
