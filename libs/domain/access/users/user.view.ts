import type { Actor, Permission } from '@isp/contracts';

export interface UserView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  /** The customer whose log-in this is; null for a partner's people. */
  readonly customerId: number | null;
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'disabled';
  readonly lastLoginAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The caller as the program sees it. */
export interface CallerView {
  readonly kind: 'user' | 'api_key';
  readonly partnerId: number;
  readonly customerId: number | null;
  readonly reach: Actor['reach'];
  readonly permissions: readonly Permission[];
  /** Absent for API keys. */
  readonly user: UserView | null;
  /** Absent for users. */
  readonly apiKey: { readonly id: number; readonly name: string; readonly publicId: string } | null;
}
