import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Permission } from '@isp/contracts';
import { type Clock, parseApiKey } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { accessErrors } from '../access.errors.js';
import { ApiKeyHasher } from '../api-keys/api-key-hasher.js';
import { ApiKeyUse } from '../api-keys/api-key-use.js';
import { expandPermissions } from '../roles/grants.policy.js';
import { AccessTokens, type AccessClaims } from '../tokens/access-tokens.js';
import type { Authenticated } from './credential.view.js';
import { type ApiKeyState, CredentialStates } from './credential-states.js';

const API_KEY_SHAPE = /^(test_)?isp_/;

/** Turns a credential into an actor, or throws `access.unauthenticated`, the same for every reason. */
@Injectable()
export class Authenticate {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly states: CredentialStates,
    private readonly hasher: ApiKeyHasher,
    private readonly use: ApiKeyUse,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** An access token, or an API key that came as a bearer. */
  async authenticateBearer(token: string): Promise<Authenticated> {
    if (API_KEY_SHAPE.test(token)) return this.authenticateApiKey(token);
    const claims = await this.tokens.verify(token);
    const found = claims && (await (claims.kind === 'session' ? this.bySession(claims) : this.byClient(claims)));
    if (!found) throw accessErrors('access.unauthenticated');
    return found;
  }

  async authenticateApiKey(text: string): Promise<Authenticated> {
    const parts = parseApiKey(text);
    const sandbox = this.config.ISP_MODE === 'sandbox';
    if (!parts || parts.test !== sandbox) throw accessErrors('access.unauthenticated');
    const key = await this.usableKey(parts.publicId);
    if (!key || !this.hasher.matches(text, { hmac: key.secretHmac, keyId: key.hmacKeyId })) {
      throw accessErrors('access.unauthenticated');
    }
    if (key.hmacKeyId !== this.hasher.activeKeyId) this.use.rehash(key.id, this.hasher.digest(text), key.hmacKeyId);
    this.use.note(key.id);
    const actor = actorOf(key, parts.publicId, key.permissions);
    return { actor, credential: { kind: 'api_key', publicId: parts.publicId, tier: key.tier } };
  }

  private async bySession(claims: Extract<AccessClaims, { kind: 'session' }>): Promise<Authenticated | undefined> {
    const session = await this.states.sessions.get(claims.sessionId);
    if (!session || session.expiresAt <= this.clock.now() || session.actor.name !== claims.subject) return undefined;
    return { actor: session.actor, credential: { kind: 'jwt', sessionId: claims.sessionId, tier: session.tier } };
  }

  private async byClient(claims: Extract<AccessClaims, { kind: 'client' }>): Promise<Authenticated | undefined> {
    const key = await this.usableKey(claims.publicId);
    if (!key || claims.subject !== `key:${claims.publicId}`) return undefined;
    this.use.note(key.id);
    // What the token was given, as far as the key still has it.
    const scopes = claims.scopes.filter((scope) => key.scopes.includes(scope));
    const actor = actorOf(key, claims.publicId, expandPermissions(scopes));
    return { actor, credential: { kind: 'jwt', publicId: claims.publicId, tier: key.tier } };
  }

  private async usableKey(publicId: string): Promise<ApiKeyState | undefined> {
    const key = await this.states.apiKeys.get(publicId);
    const now = this.clock.now();
    if (!key || key.environment !== this.config.ISP_MODE) return undefined;
    if ((key.expiresAt && key.expiresAt <= now) || (key.overlapUntil && key.overlapUntil <= now)) return undefined;
    return key;
  }
}

function actorOf(key: ApiKeyState, publicId: string, permissions: ReadonlySet<Permission>): Actor {
  return {
    kind: 'api_key',
    name: `key:${publicId}`,
    reach: key.reach,
    partnerId: key.partnerId,
    apiKeyId: key.id,
    permissions,
  };
}
