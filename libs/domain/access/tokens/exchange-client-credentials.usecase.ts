import { Injectable } from '@nestjs/common';
import { parseApiKey } from '@isp/kernel';
import { accessErrors } from '../access.errors.js';
import { ACCESS_TOKEN_SECONDS } from '../access.limits.js';
import { Authenticate } from '../authentication/authenticate.js';
import { AccessTokens } from './access-tokens.js';

export interface ExchangeClientCredentialsInput {
  /** The API key's public id. */
  readonly clientId: string;
  /** The whole API key. */
  readonly clientSecret: string;
  /** Scopes separated by spaces; all of the client's when absent. */
  readonly scope?: string | undefined;
}

export interface ClientToken {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly scope: string;
}

/** OAuth 2.0 client credentials (RFC 6749, 4.4): an API key for a short-lived token with the same rights, or fewer. */
@Injectable()
export class ExchangeClientCredentials {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly tokens: AccessTokens,
  ) {}

  /** @throws DomainError `access.unauthenticated`, `access.scope.not_granted` */
  async execute({ clientId, clientSecret, scope }: ExchangeClientCredentialsInput): Promise<ClientToken> {
    if (parseApiKey(clientSecret)?.publicId !== clientId) throw accessErrors('access.unauthenticated');
    const { actor } = await this.authenticate.authenticateApiKey(clientSecret);
    const granted: ReadonlySet<string> = actor.permissions;
    const wanted = [
      ...new Set(scope === undefined || scope.trim() === '' ? granted : scope.trim().split(/\s+/)),
    ].sort();
    for (const name of wanted) if (!granted.has(name)) throw accessErrors('access.scope.not_granted', { scope: name });
    const accessToken = await this.tokens.signForClient(clientId, wanted);
    return { accessToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS, scope: wanted.join(' ') };
  }
}
