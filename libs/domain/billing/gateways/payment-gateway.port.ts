/** Injection token for the gateways that this program can use. */
export const PAYMENT_GATEWAYS = Symbol('PaymentGateways');

export const GATEWAY_NAMES = ['sandbox', 'stripe'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];

export type MethodKind = 'card' | 'direct_debit';

/** What a gateway says of a payment method that it keeps. */
export interface MethodFacts {
  readonly kind: MethodKind;
  /** What the gateway calls its holder, where it must be told. */
  readonly holderToken: string | null;
  readonly brand: string | null;
  readonly lastDigits: string | null;
  /** The last day on which it can be charged. */
  readonly expiresOn: string | null;
}

/** Money to be taken. The same key never takes it twice. */
export interface ChargeOrder {
  readonly key: string;
  /** Decimal text, with the currency's decimals. */
  readonly amount: string;
  readonly currency: string;
  readonly kind: MethodKind;
  readonly token: string;
  readonly holderToken: string | null;
  /** Nobody is there who could take a step. */
  readonly offSession: boolean;
  readonly description: string;
  /** The gateway's name for the charge, once it is known. */
  readonly reference: string | null;
  /** When it was asked first; undefined: never. */
  readonly askedAt: Date;
}

export type ChargeAnswer =
  | { readonly state: 'succeeded'; readonly reference: string }
  | { readonly state: 'processing'; readonly reference: string }
  | { readonly state: 'requires_action'; readonly reference: string; readonly actionUrl: string | null }
  | { readonly state: 'failed'; readonly reference: string | null; readonly code: string };

/** Money to be given back, of a charge. The same key never gives it back twice. */
export interface RefundOrder {
  readonly key: string;
  readonly amount: string;
  readonly currency: string;
  readonly chargeReference: string;
  readonly reference: string | null;
}

export type RefundAnswer =
  | { readonly state: 'succeeded' | 'processing'; readonly reference: string }
  | { readonly state: 'failed'; readonly reference: string | null; readonly code: string };

/** A verified callback. It says that something happened; what, is asked. */
export interface GatewayNotice {
  readonly eventId: string;
  readonly type: string;
  readonly concerns: 'charge' | 'refund' | 'dispute' | 'nothing';
  /** The gateway's name for it, and our key; of a dispute, those of the charge. */
  readonly reference: string | null;
  readonly key: string | null;
  /** Of a dispute, what was taken back: decimal text, and its currency; null where it is not said. */
  readonly taken?: { readonly amount: string; readonly currency: string } | null;
}

/**
 * Who takes money from cards and accounts. Card numbers never come here: a method is a token that the gateway gave to
 * the payer's browser. An adapter throws `billing.gateway.silent` whenever it cannot know what became of a request;
 * every other answer is final for that request.
 */
export interface PaymentGateway {
  readonly name: GatewayName;
  /**
   * Makes a token chargeable for a customer and tells what it is.
   * @param holderToken what the gateway called the customer before
   * @throws `billing.method.unknown_token`, `billing.gateway.silent`
   */
  adopt(token: string, customerId: number, holderToken: string | null, signal: AbortSignal): Promise<MethodFacts>;
  /** @throws `billing.gateway.silent` */
  charge(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer>;
  /** What became of a charge; undefined: the gateway has none of this key. @throws `billing.gateway.silent` */
  find(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer | undefined>;
  /** Calls off a charge that waits for its holder, and tells what became of it. @throws `billing.gateway.silent` */
  cancel(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer>;
  /** @throws `billing.gateway.silent` */
  refund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer>;
  /** What became of a refund; undefined: the gateway has none of this key. @throws `billing.gateway.silent` */
  findRefund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer | undefined>;
  /**
   * Reads a callback.
   * @param bytes exactly as they came
   * @throws `billing.gateway.forged` when its signature is missing, old, or of somebody else
   */
  verify(bytes: Buffer, signature: string): GatewayNotice;
}
