import { Inject, Injectable } from '@nestjs/common';
import { type Actor, type Permission, systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { STATE_MAX_AGE_MS, STATE_MAX_ENTRIES } from '../access.limits.js';
import { expandPermissions, widestReach } from '../roles/grants.policy.js';
import type { Tier } from './credential.view.js';
import { StateCache } from './state-cache.js';

/** What a live session lets its holder be. */
export interface SessionState {
  readonly actor: Actor;
  readonly tier: Tier;
  readonly expiresAt: Date;
}

/** An API key as it is stored; whether it is good now is for `Authenticate` to say. */
export interface ApiKeyState {
  readonly id: number;
  readonly partnerId: number;
  readonly environment: 'live' | 'sandbox';
  readonly secretHmac: string;
  readonly hmacKeyId: string;
  readonly scopes: readonly string[];
  /** What the scopes stand for. */
  readonly permissions: ReadonlySet<Permission>;
  readonly reach: 'all' | 'partner';
  readonly tier: Tier;
  readonly expiresAt: Date | null;
  readonly overlapUntil: Date | null;
}

interface SessionRow {
  readonly userId: number;
  readonly partnerId: number;
  readonly customerId: number | null;
  readonly tier: Tier;
  readonly expiresAt: Date;
  readonly permissions: readonly string[];
  readonly reaches: readonly Actor['reach'][];
}

const SESSION = statement(
  'access-session-state',
  `SELECT s.user_id AS "userId", s.partner_id AS "partnerId", u.customer_id AS "customerId", p.tier, s.expires_at AS "expiresAt",
          coalesce(array_agg(DISTINCT rp.permission) FILTER (WHERE rp.permission IS NOT NULL), '{}') AS permissions,
          coalesce(array_agg(DISTINCT r.reach) FILTER (WHERE r.reach IS NOT NULL), '{}') AS reaches
     FROM sessions s
     JOIN users u ON u.partner_id = s.partner_id AND u.id = s.user_id AND u.status = 'active'
     JOIN partners p ON p.id = s.partner_id AND p.status = 'active'
     LEFT JOIN user_roles ur ON ur.partner_id = u.partner_id AND ur.user_id = u.id
     LEFT JOIN roles r ON r.name = ur.role
     LEFT JOIN role_permissions rp ON rp.role = r.name
    WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
    GROUP BY s.id, u.id, p.id`,
);
const API_KEY = statement(
  'access-api-key-state',
  `SELECT k.id, k.partner_id AS "partnerId", k.environment, encode(k.secret_hmac, 'hex') AS "secretHmac",
          k.hmac_key_id AS "hmacKeyId", k.scopes, k.reach, coalesce(k.tier, p.tier) AS tier,
          k.expires_at AS "expiresAt", k.overlap_until AS "overlapUntil"
     FROM api_keys k JOIN partners p ON p.id = k.partner_id AND p.status = 'active'
    WHERE k.public_id = $1 AND k.revoked_at IS NULL`,
);

/** Sessions and API keys as they stood at most a second ago; undefined when they are not, or no longer, good. */
@Injectable()
export class CredentialStates {
  readonly sessions: StateCache<SessionState | undefined>;
  readonly apiKeys: StateCache<ApiKeyState | undefined>;

  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const options = { maxAgeMs: STATE_MAX_AGE_MS, maxEntries: STATE_MAX_ENTRIES };
    this.sessions = new StateCache((id) => this.readSession(id), options);
    this.apiKeys = new StateCache((publicId) => this.readApiKey(publicId), options);
  }

  /** Call in a transaction that ends or changes a credential: this process then sees it at once, not in a second. */
  forgetOnCommit(): void {
    this.uow.tx.afterCommit('access-states', () => {
      this.sessions.clear();
      this.apiKeys.clear();
    });
  }

  private async readSession(id: string): Promise<SessionState | undefined> {
    const row = await this.read<SessionRow>(SESSION, [id, this.clock.now()]);
    if (!row) return undefined;
    const customer = row.customerId === null ? {} : { customerId: row.customerId };
    const actor: Actor = {
      kind: 'user',
      name: `user:${row.userId}`,
      reach: row.customerId === null ? widestReach(row.reaches, row.partnerId) : 'customer',
      partnerId: row.partnerId,
      userId: row.userId,
      permissions: expandPermissions(row.permissions),
      ...customer,
    };
    return { actor, tier: row.tier, expiresAt: row.expiresAt };
  }

  private async readApiKey(publicId: string): Promise<ApiKeyState | undefined> {
    const row = await this.read<Omit<ApiKeyState, 'permissions'>>(API_KEY, [publicId]);
    return row && { ...row, permissions: expandPermissions(row.scopes) };
  }

  /** In a transaction of its own: the caller may stand inside narrower walls, or see an older snapshot. */
  private read<R>(sql: typeof SESSION, values: readonly unknown[]): Promise<R | undefined> {
    return this.uow.outside(() => this.uow.read(systemActor('access'), (tx) => tx.one<R>(sql, values)));
  }
}
