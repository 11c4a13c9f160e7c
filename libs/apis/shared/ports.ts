import type { Caller, ClientInfo } from './caller.js';

/** Turns a credential into a caller; throws `unauthenticated` for every reason alike. */
export interface Authenticator {
  authenticateBearer(token: string): Promise<Caller>;
  authenticateApiKey(key: string): Promise<Caller>;
}
export const AUTHENTICATOR = Symbol('Authenticator');

export interface LimitStanding {
  readonly allowed: boolean;
  readonly retryAfterSeconds: number;
  /** Where the caller stands, for every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts a request against its caller's limits. It never throws: without its store it counts locally. */
export interface RequestLimiter {
  admit(caller: Caller | undefined, client: ClientInfo): Promise<LimitStanding | undefined>;
  /** Counts a request whose credential was refused. */
  admitRefused(client: ClientInfo): Promise<LimitStanding | undefined>;
}
export const REQUEST_LIMITER = Symbol('RequestLimiter');
