import type { Tier } from '../authentication/credential.view.js';

export type ApiKeyStatus = 'active' | 'rotated' | 'expired' | 'revoked';

export interface ApiKeyView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly name: string;
  /** May be logged; also the OAuth 2.0 client id. */
  readonly publicId: string;
  /** `isp_abc123...` */
  readonly masked: string;
  readonly environment: 'live' | 'sandbox';
  readonly scopes: readonly string[];
  readonly reach: 'all' | 'partner';
  /** Of its own, or null for the partner's. */
  readonly tier: Tier | null;
  /** `rotated`: works until `overlapUntil`. */
  readonly status: ApiKeyStatus;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly rotatedTo: number | null;
  readonly overlapUntil: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The answer that creates a key: the only place where the whole key ever is. */
export interface IssuedApiKey {
  readonly apiKey: ApiKeyView;
  readonly secret: string;
}
