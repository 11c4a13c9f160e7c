import type { Actor } from '@isp/contracts';

export type Tier = 'free' | 'professional' | 'enterprise';

/** How a caller proved who it is, for rate limits and logs; never the secret itself. */
export interface CredentialView {
  readonly kind: 'jwt' | 'api_key';
  /** Public id of the API key, also behind a token that was exchanged for it. */
  readonly publicId?: string;
  readonly sessionId?: string;
  readonly tier: Tier;
}

export interface Authenticated {
  readonly actor: Actor;
  readonly credential: CredentialView;
}
