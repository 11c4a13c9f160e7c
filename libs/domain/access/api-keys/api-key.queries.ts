import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, maskApiKey } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import type { ApiKeyStatus, ApiKeyView } from './api-key.view.js';

type Row = Omit<ApiKeyView, 'masked' | 'status'>;

const VIEW = `id, guid, partner_id AS "partnerId", name, public_id AS "publicId", environment, scopes, reach, tier,
  expires_at AS "expiresAt", revoked_at AS "revokedAt", rotated_to AS "rotatedTo", overlap_until AS "overlapUntil",
  last_used_at AS "lastUsedAt", created_by AS "createdBy", version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const MATCH = 'FROM api_keys WHERE ($1::integer IS NULL OR partner_id = $1)';
const COUNT = statement('access-api-keys-count', `SELECT count(*)::integer AS total ${MATCH}`);
export const API_KEY_SORTING = sorting({
  id: 'id',
  otherwise: ['id DESC'],
  fields: {
    created_at: 'created_at',
    name: 'lower(name)',
    last_used_at: { by: ['last_used_at'], nullable: true },
    expires_at: { by: ['expires_at'], nullable: true },
  },
});
const LISTS = sortedStatements(
  'access-api-keys-list',
  API_KEY_SORTING,
  (order) => `SELECT ${VIEW} ${MATCH} ORDER BY ${order} LIMIT $2 OFFSET $3`,
);
const ONE = statement('access-api-keys-one', `SELECT ${VIEW} FROM api_keys WHERE id = $1`);

/** Reads of API keys, inside the walls of the reader; never a secret. */
@Injectable()
export class ApiKeyQueries {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One page, newest first. */
  list(actor: Actor, filter: { readonly partnerId?: number | undefined }, page: SortedSlice<typeof API_KEY_SORTING>) {
    const partnerId = filter.partnerId ?? null;
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<Row>(LISTS.of(page.sort), [partnerId, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [partnerId]),
      ]);
      return { rows: rows.map((row) => this.toView(row)), total: count?.total ?? 0 };
    });
  }

  /** @throws DomainError `access.api_key.not_found` */
  async get(actor: Actor, id: number): Promise<ApiKeyView> {
    const row = await this.uow.run(actor, (tx) => tx.one<Row>(ONE, [id]));
    if (!row) throw accessErrors('access.api_key.not_found');
    return this.toView(row);
  }

  private toView(row: Row): ApiKeyView {
    const masked = maskApiKey({ test: row.environment === 'sandbox', publicId: row.publicId });
    return { ...row, masked, status: statusOf(row, this.clock.now()) };
  }
}

function statusOf(key: Row, now: Date): ApiKeyStatus {
  if (key.revokedAt) return 'revoked';
  if ((key.expiresAt && key.expiresAt <= now) || (key.overlapUntil && key.overlapUntil <= now)) return 'expired';
  return key.rotatedTo === null ? 'active' : 'rotated';
}
