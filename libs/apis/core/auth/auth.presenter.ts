import type { CallerView, ClientToken, TokenPair } from '@isp/domain/access';
import { presentUser } from '../users/user.presenter.js';

export function presentTokens(pair: TokenPair) {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: pair.tokenType,
    expires_in: pair.expiresIn,
  };
}

export function presentClientToken(token: ClientToken) {
  return {
    access_token: token.accessToken,
    token_type: token.tokenType,
    expires_in: token.expiresIn,
    scope: token.scope,
  };
}

export function presentCaller(caller: CallerView) {
  return {
    kind: caller.kind,
    partner_id: caller.partnerId,
    customer_id: caller.customerId,
    reach: caller.reach,
    permissions: caller.permissions,
    user: caller.user && presentUser(caller.user),
    api_key: caller.apiKey && { id: caller.apiKey.id, name: caller.apiKey.name, public_id: caller.apiKey.publicId },
  };
}
