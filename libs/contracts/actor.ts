import type { Permission } from './permissions.js';

/**
 * Who acts, taken from the credential only. `reach` says which rows it may touch: every partner's (`all`), one
 * partner's (`partner`) or one customer's (`customer`); the database enforces the same through row level security.
 */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'system';
  /** Stable name for the audit trail: `user:12`, `key:AbCd1234`, `system:provisioning`. */
  readonly name: string;
  readonly reach: 'all' | 'partner' | 'customer';
  readonly partnerId: number;
  readonly customerId?: number;
  readonly userId?: number;
  readonly apiKeyId?: number;
  readonly permissions: ReadonlySet<Permission>;
}

/** The partner that is the operator itself: its staff, its own customers and the platform's audit chain. */
export const OPERATOR_PARTNER_ID = 1;

/** A worker or schedule acting for the platform over every partner. */
export function systemActor(name: string): Actor {
  return {
    kind: 'system',
    name: `system:${name}`,
    reach: 'all',
    partnerId: OPERATOR_PARTNER_ID,
    permissions: new Set(),
  };
}

/** A worker acting inside one partner's walls. */
export function systemActorFor(name: string, partnerId: number): Actor {
  return { kind: 'system', name: `system:${name}`, reach: 'partner', partnerId, permissions: new Set() };
}
