import { prose, searchText } from '@isp/apis/shared';
import { PROFILE_SORTING } from '@isp/domain/catalog';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const kbps = z.int().min(1).max(2_000_000_000);
const optional = {
  description: prose(2000).nullable().optional(),
  burst_download_kbps: kbps.nullable().optional(),
  burst_upload_kbps: kbps.nullable().optional(),
};

export const createProfileBody = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/, 'must be 1 to 60 letters, digits, _, . or -'),
  download_kbps: kbps,
  upload_kbps: kbps,
  ...optional,
});
export type CreateProfileBody = z.infer<typeof createProfileBody>;

export const changeProfileBody = z.strictObject({
  download_kbps: kbps.optional(),
  upload_kbps: kbps.optional(),
  ...optional,
});
export type ChangeProfileBody = z.infer<typeof changeProfileBody>;

export const profilesQuery = sortedQuery(
  {
    status: z.enum(['active', 'retired']).optional(),
    search: searchText(60),
  },
  PROFILE_SORTING,
);
export type ProfilesQuery = z.infer<typeof profilesQuery>;

export const profileShape = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  download_kbps: z.int(),
  upload_kbps: z.int(),
  burst_download_kbps: z.int().nullable(),
  burst_upload_kbps: z.int().nullable(),
  status: z.enum(['active', 'retired']),
  created_at: z.string(),
  updated_at: z.string(),
});
export const profilesShape = listShape('bandwidth_profiles', profileShape);

export const createProfileExample = {
  name: '250M_50M',
  download_kbps: 250_000,
  upload_kbps: 50_000,
  burst_download_kbps: 300_000,
};

export const profileExample = {
  id: 9,
  ...createProfileExample,
  description: null,
  burst_upload_kbps: null,
  status: 'active',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
