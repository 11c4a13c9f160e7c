import type { KeyObject } from 'node:crypto';
import type { VerifyOptions } from 'jsonwebtoken';
import passportJwt from 'passport-jwt';

type Payload = Readonly<Record<string, unknown>>;

export interface VerificationRules {
  readonly algorithms: readonly ['ES256'];
  readonly issuer: string;
  readonly audience: string;
  /** Seconds that clocks may differ. */
  readonly clockTolerance: number;
  /** The present, in seconds since 1970. */
  readonly clockTimestamp: number;
}

interface Outcome {
  success(payload: Payload): void;
  fail(): void;
  error(error: unknown): void;
}

/**
 * Has passport-jwt verify a token, without the rest of Passport: a strategy reports through three methods that the
 * framework usually lends it. Undefined when the strategy refuses.
 */
export function verifyWithPassport(
  token: string,
  key: KeyObject,
  rules: VerificationRules,
): Promise<Payload | undefined> {
  const { algorithms, issuer, audience, ...times } = rules;
  const strategy = new passportJwt.Strategy(
    {
      jwtFromRequest: () => token,
      // The typings say text; the verifier takes a parsed key as well, which saves parsing it for every request.
      secretOrKeyProvider: (_request, _token, done) => done(null, key as unknown as Buffer),
      algorithms: [...algorithms],
      issuer,
      audience,
      jsonWebTokenOptions: times satisfies VerifyOptions,
    },
    (payload: Payload, done: (error: null, user: Payload) => void) => done(null, payload),
  );
  return new Promise((resolve, reject) => {
    const outcome: Outcome = { success: resolve, fail: () => resolve(undefined), error: reject };
    const driven = Object.assign(Object.create(strategy) as typeof strategy, outcome);
    driven.authenticate({} as never);
  });
}
