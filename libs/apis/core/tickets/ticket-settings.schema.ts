import { line } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

const status = z.enum(['active', 'retired']);
const code = z.string().regex(/^[a-z][a-z0-9_]{1,59}$/, 'must be lower-case letters, digits and underscores');

export const statusQuery = listQuery({ status: status.optional() });
export type StatusQuery = z.infer<typeof statusQuery>;

const changed = z
  .strictObject({ name: line(100).optional(), status: status.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change something');

export const categoryBody = z.strictObject({ code, name: line(100), parent: code.optional() });
export type CategoryBody = z.infer<typeof categoryBody>;
export const changeCategoryBody = changed;
export type ChangeCategoryBody = z.infer<typeof changeCategoryBody>;
export const categoryShape = z.object({
  id: z.int(),
  parent: z.string().nullable(),
  code: z.string(),
  name: z.string(),
  status,
});
export const categoriesShape = listShape('categories', categoryShape);
export const categoryExample = {
  id: 8,
  parent: 'service_outage',
  code: 'no_connection',
  name: 'No Connection',
  status: 'active',
};

export const teamBody = z.strictObject({ name: line(100) });
export type TeamBody = z.infer<typeof teamBody>;
export const changeTeamBody = changed;
export type ChangeTeamBody = z.infer<typeof changeTeamBody>;
export const teamShape = z.object({ id: z.int(), name: z.string(), status });
export const teamsShape = listShape('teams', teamShape);
export const teamExample = { id: 2, name: 'Network operations', status: 'active' };
