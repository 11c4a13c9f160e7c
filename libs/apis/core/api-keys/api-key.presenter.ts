import type { ApiKeyView, IssuedApiKey } from '@isp/domain/access';
import { toIsoSeconds } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => instant && toIsoSeconds(instant);

export function presentApiKey(key: ApiKeyView) {
  return {
    id: key.id,
    name: key.name,
    public_id: key.publicId,
    masked_key: key.masked,
    environment: key.environment,
    scopes: key.scopes,
    reach: key.reach,
    tier: key.tier,
    status: key.status,
    partner_id: key.partnerId,
    created_by: key.createdBy,
    expires_at: timeOrNull(key.expiresAt),
    revoked_at: timeOrNull(key.revokedAt),
    rotated_to: key.rotatedTo,
    overlap_until: timeOrNull(key.overlapUntil),
    last_used_at: timeOrNull(key.lastUsedAt),
    created_at: toIsoSeconds(key.createdAt),
    updated_at: toIsoSeconds(key.updatedAt),
  };
}

export function presentIssuedApiKey({ apiKey, secret }: IssuedApiKey) {
  return { ...presentApiKey(apiKey), api_key: secret };
}
