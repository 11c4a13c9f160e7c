import { httpErrors } from '@isp/apis/shared';
import { normaliseUuid } from '@isp/kernel';
import { z } from 'zod';

/** A GUID in a path, in either case. Text that is none names nothing, so it is not found rather than invalid. */
export const guidParam = z.string().transform((text) => {
  const guid = normaliseUuid(text);
  if (guid === undefined) throw httpErrors('http.route.unknown');
  return guid;
});
