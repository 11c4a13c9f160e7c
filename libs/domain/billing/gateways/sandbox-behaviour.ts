import type { MethodFacts } from './payment-gateway.port.js';

type State = 'processing' | 'requires_action' | 'succeeded' | 'failed';

/** What the sandbox's gateway does with a charge of a token. */
export interface Behaviour {
  readonly state: State;
  readonly laterState: Exclude<State, 'processing'>;
  /** Seconds until the later state; null: until its holder acts. */
  readonly afterSeconds: number | null;
  readonly code: string | null;
  /** The charge is made, and the answer lost on its way. */
  readonly losesAnswer?: boolean;
  /** How often each callback is sent; more than once: out of order too. */
  readonly callbacks: number;
}

const LATE_SECONDS = 5;
const GOOD: Behaviour = { state: 'succeeded', laterState: 'succeeded', afterSeconds: 0, code: null, callbacks: 1 };
const BAD: Behaviour = { ...GOOD, state: 'failed', laterState: 'failed' };
const LATE: Behaviour = { ...GOOD, state: 'processing', afterSeconds: LATE_SECONDS };

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  visa: GOOD,
  mastercard: GOOD,
  sepa: LATE,
  '3ds': { ...GOOD, state: 'requires_action', laterState: 'requires_action', afterSeconds: null },
  late: LATE,
  late_decline: { ...LATE, laterState: 'failed', code: 'insufficient_funds' },
  timeout: { ...GOOD, losesAnswer: true, callbacks: 0 },
  norefund: GOOD,
  duplicate_callback: { ...LATE, afterSeconds: 1, callbacks: 3 },
  expired: { ...BAD, code: 'expired_card' },
};
const DECLINE = /^(decline|once)_([a-z][a-z0-9_]{2,50})$/;

/**
 * What a token of the sandbox means: `tok_<what>` or `tok_<what>.<anything>`, where `what` is one of `BEHAVIOURS`,
 * `decline_<code>`, or `once_<code>` (declined the first time only). Undefined: there is no such token.
 * @param before how many charges of the token there were already
 */
export function behaviourOf(token: string, before: number): Behaviour | undefined {
  const [, what = ''] = /^tok_([a-z0-9_]{1,60})(?:\.[\w-]{1,60})?$/.exec(token) ?? [];
  const [, how, code = ''] = DECLINE.exec(what) ?? [];
  if (how === undefined) return Object.hasOwn(BEHAVIOURS, what) ? BEHAVIOURS[what] : undefined;
  return how === 'once' && before > 0 ? GOOD : { ...BAD, code };
}

/** What the sandbox's gateway says of a token; undefined: there is no such token. */
export function factsOf(token: string): MethodFacts | undefined {
  if (!behaviourOf(token, 0)) return undefined;
  const isDebit = token.startsWith('tok_sepa');
  const isExpired = token.startsWith('tok_expired');
  return {
    kind: isDebit ? 'direct_debit' : 'card',
    holderToken: null,
    brand: isDebit ? 'sepa' : token.startsWith('tok_mastercard') ? 'mastercard' : 'visa',
    lastDigits: isDebit ? '3000' : '4242',
    expiresOn: isDebit ? null : isExpired ? '2024-12-31' : '2098-12-31',
  };
}
