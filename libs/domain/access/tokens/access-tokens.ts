import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { type Clock, isUuid } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { ACCESS_TOKEN_SECONDS, CLOCK_SKEW_SECONDS, MAX_TOKEN_CHARACTERS } from '../access.limits.js';
import { verifyWithPassport } from './passport-jwt.js';
import { SigningKeys } from './signing-keys.js';

const ALGORITHM = 'ES256';
const TYPE = 'at+jwt';
/** Three parts of base64url, as RFC 7515 writes them: no padding, no line breaks. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;
const HEADER_FIELDS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/** What a good token says: whose session, or which API client's, it belongs to. */
export type AccessClaims =
  | { readonly kind: 'session'; readonly subject: string; readonly sessionId: string }
  | {
      readonly kind: 'client';
      readonly subject: string;
      readonly publicId: string;
      readonly scopes: readonly string[];
    };

/** Access tokens: JWTs for use at this API only (RFC 9068), ES256, ten minutes. They name a session; rights are looked up. */
@Injectable()
export class AccessTokens {
  readonly issuer: string;
  readonly audience: string;

  constructor(
    private readonly keys: SigningKeys,
    @Inject(CONFIG) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.issuer = config.ISP_PUBLIC_URL ?? `urn:isp-framework:${config.ISP_MODE}`;
    this.audience = `urn:isp-framework:api:${config.ISP_MODE}`;
  }

  signForSession(subject: string, sessionId: string): Promise<string> {
    return this.sign(subject, { sid: sessionId });
  }

  signForClient(publicId: string, scopes: readonly string[]): Promise<string> {
    return this.sign(`key:${publicId}`, { client_id: publicId, scope: scopes.join(' ') });
  }

  /** The claims of a token whose signature, kind, issuer, audience and times are right; undefined for any other text. */
  async verify(token: string): Promise<AccessClaims | undefined> {
    if (token.length > MAX_TOKEN_CHARACTERS || !COMPACT.test(token)) return undefined;
    const key = await this.keys.find(kidOf(token));
    if (!key) return undefined;
    const payload = await verifyWithPassport(token, key, {
      algorithms: [ALGORITHM],
      issuer: this.issuer,
      audience: this.audience,
      clockTolerance: CLOCK_SKEW_SECONDS,
      clockTimestamp: Math.floor(this.clock.now().getTime() / 1_000),
    });
    return payload && this.read(payload);
  }

  private async sign(subject: string, claims: Readonly<Record<string, string>>): Promise<string> {
    const { kid, privateKey } = await this.keys.current();
    const now = Math.floor(this.clock.now().getTime() / 1_000);
    const payload = {
      iss: this.issuer,
      aud: this.audience,
      sub: subject,
      iat: now,
      nbf: now,
      exp: now + ACCESS_TOKEN_SECONDS,
      jti: randomUUID(),
      ...claims,
    };
    return jwt.sign(payload, privateKey, { algorithm: ALGORITHM, header: { alg: ALGORITHM, typ: TYPE, kid } });
  }

  /** The library checks times only when they are there; here every claim must be. */
  private read(payload: Readonly<Record<string, unknown>>): AccessClaims | undefined {
    const { sub, jti, exp, nbf, iat, sid, client_id: client, scope } = payload;
    if (typeof sub !== 'string' || typeof jti !== 'string' || jti === '') return undefined;
    if (![exp, nbf, iat].every((time) => Number.isSafeInteger(time))) return undefined;
    const lifetime = (exp as number) - (iat as number);
    if (lifetime <= 0 || lifetime > ACCESS_TOKEN_SECONDS) return undefined;
    if (typeof sid === 'string' && isUuid(sid) && client === undefined)
      return { kind: 'session', subject: sub, sessionId: sid };
    if (sid === undefined && typeof client === 'string' && typeof scope === 'string') {
      return { kind: 'client', subject: sub, publicId: client, scopes: scope.split(' ') };
    }
    return undefined;
  }
}

/**
 * The key id in a token's header, when the header is exactly what this program writes. Whatever else a header may
 * bring along (`jwk`, `jku`, `x5u`, `crit`, another algorithm) is refused before any key is touched.
 */
function kidOf(token: string): unknown {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('utf8'));
    if (
      typeof header !== 'object' ||
      header === null ||
      !Object.keys(header).every((field) => HEADER_FIELDS.has(field))
    )
      return undefined;
    const { alg, typ, kid } = header as Readonly<Record<string, unknown>>;
    return alg === ALGORITHM && typ === TYPE ? kid : undefined;
  } catch {
    return undefined;
  }
}
