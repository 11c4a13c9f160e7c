import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, askedOnce, sortedStatements, sorting, statement } from '@isp/platform/database';
import type { ProfileStatus } from './bandwidth-profile.entity.js';
import { profileErrors } from './bandwidth-profile.errors.js';
import type { BandwidthProfileDetails, ProfileSpeeds } from './bandwidth-profile.view.js';

const COLUMNS = `id, name, description, download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps",
  burst_download_kbps AS "burstDownloadKbps", burst_upload_kbps AS "burstUploadKbps", status, version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;
const MATCH = `FROM bandwidth_profiles WHERE ($1::text IS NULL OR status = $1)
  AND ($2::text IS NULL OR strpos(lower(name), lower($2)) > 0)`;
export const PROFILE_SORTING = sorting({
  id: 'id',
  otherwise: ['id'],
  fields: {
    created_at: 'created_at',
    name: 'lower(name)',
    download_kbps: 'download_kbps',
    upload_kbps: 'upload_kbps',
  },
});
const LISTS = sortedStatements(
  'profiles-list',
  PROFILE_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('profiles-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('profiles-get', `SELECT ${COLUMNS} FROM bandwidth_profiles WHERE id = $1`);
const SPEEDS = 'name, download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps"';
const NAMED = statement(
  'profiles-named',
  `SELECT ${SPEEDS} FROM bandwidth_profiles WHERE name = $1 AND status = 'active'`,
);
const FITTING = statement(
  'profiles-fitting',
  `SELECT ${SPEEDS} FROM bandwidth_profiles WHERE status = 'active' AND download_kbps >= $1 AND upload_kbps >= $2
    ORDER BY download_kbps, upload_kbps LIMIT 1`,
);

const namedOnce = askedOnce((name: string, tx) => tx.one<ProfileSpeeds>(NAMED, [name]));
/** Of `download/upload`, in kbit/s. */
const fittingOnce = askedOnce((speeds: string, tx) => tx.one<ProfileSpeeds>(FITTING, speeds.split('/')));

export interface BandwidthProfileFilter {
  readonly status?: ProfileStatus | undefined;
  /** Part of the name. */
  readonly search?: string | undefined;
}

@Injectable()
export class BandwidthProfileQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { status, search }: BandwidthProfileFilter, page: SortedSlice<typeof PROFILE_SORTING>) {
    const values = [status ?? null, search ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<BandwidthProfileDetails>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `catalog.profile.not_found` */
  async get(actor: Actor, id: number): Promise<BandwidthProfileDetails> {
    const profile = await this.uow.run(actor, (tx) => tx.one<BandwidthProfileDetails>(GET, [id]));
    if (!profile) throw profileErrors('catalog.profile.not_found');
    return profile;
  }

  /** The speeds behind a name, in the caller's transaction. @throws `catalog.profile.unknown` */
  async named(name: string): Promise<ProfileSpeeds> {
    const profile = await this.uow.tx.gather(namedOnce, name);
    if (!profile) throw profileErrors('catalog.profile.unknown', { name });
    return profile;
  }

  /** The smallest profile that offers these speeds (Mbit/s), in the caller's transaction. @throws `catalog.profile.none_fits` */
  async fitting(downloadMbps: number, uploadMbps: number): Promise<ProfileSpeeds> {
    const profile = await this.uow.tx.gather(fittingOnce, `${downloadMbps * 1000}/${uploadMbps * 1000}`);
    if (!profile) throw profileErrors('catalog.profile.none_fits', { download: downloadMbps, upload: uploadMbps });
    return profile;
  }
}
