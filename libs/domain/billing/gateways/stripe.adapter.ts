import { Inject, Injectable } from '@nestjs/common';
import { type Clock, isCurrencyCode } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { z } from 'zod';
import { billingErrors } from '../billing.errors.js';
import type {
  ChargeAnswer,
  ChargeOrder,
  GatewayNotice,
  MethodFacts,
  PaymentGateway,
  RefundAnswer,
  RefundOrder,
} from './payment-gateway.port.js';
import { checkSignature, jsonOf } from './signed-body.js';
import { amountOfStripe, stripeAmount } from './stripe-amounts.js';
import { type StripeReply, StripeClient } from './stripe-client.js';
import * as shape from './stripe.shapes.js';

/** Our key in what Stripe keeps, by which a charge is found whose name never reached us. */
const OURS = 'isp_key';
const PAGES = 10;
/** Clocks differ: a list of what was made since then begins a little earlier. */
const CLOCKS_DIFFER_SECONDS = 300;
/** Stripe is not asked for what it cannot count. */
const UNFIT = { state: 'failed', reference: null, code: 'unfit_amount' } as const;

/** Stripe's public API: PaymentIntents, Refunds, Customers, and webhooks signed with `Stripe-Signature`. */
@Injectable()
export class StripeGateway implements PaymentGateway {
  readonly name = 'stripe';
  private readonly client: StripeClient;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.client = new StripeClient(config.ISP_STRIPE_URL, config.ISP_STRIPE_SECRET_KEY);
  }

  async adopt(token: string, customerId: number, holder: string | null, signal: AbortSignal): Promise<MethodFacts> {
    const found = await this.client.get(`/v1/payment_methods/${encodeURIComponent(token)}`, signal);
    if (found.status === 404) throw billingErrors('billing.method.unknown_token');
    const method = accepted(found, shape.paymentMethod);
    const holderToken = method.customer ?? (await this.attach(method.id, customerId, holder, signal));
    if (method.card) {
      const { brand, last4, exp_month: month, exp_year: year } = method.card;
      const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
      return { kind: 'card', holderToken, brand, lastDigits: last4, expiresOn: last };
    }
    const lastDigits = method.sepa_debit?.last4 ?? null;
    if (method.type !== 'sepa_debit') throw billingErrors('billing.method.unknown_token');
    return { kind: 'direct_debit', holderToken, brand: 'sepa', lastDigits, expiresOn: null };
  }

  private async attach(token: string, customerId: number, holder: string | null, signal: AbortSignal): Promise<string> {
    const made = holder ?? (await this.makeHolder(customerId, signal));
    const path = `/v1/payment_methods/${encodeURIComponent(token)}/attach`;
    const reply = await this.client.post(path, { customer: made }, `isp-attach-${token}`, signal);
    if (reply.status === 400 || reply.status === 402) throw billingErrors('billing.method.unknown_token');
    return accepted(reply, shape.paymentMethod).customer ?? made;
  }

  private async makeHolder(customerId: number, signal: AbortSignal): Promise<string> {
    const fields = { 'metadata[isp_customer]': String(customerId) };
    return accepted(await this.client.post('/v1/customers', fields, `isp-holder-${customerId}`, signal), shape.named)
      .id;
  }

  async charge(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer> {
    const { ISP_PAYMENT_RETURN_URL: returnUrl } = this.config;
    const amount = stripeAmount(order.amount, order.currency);
    if (amount === undefined) return UNFIT;
    const fields = {
      amount: amount.toString(),
      currency: order.currency.toLowerCase(),
      payment_method: order.token,
      'payment_method_types[]': order.kind === 'card' ? 'card' : 'sepa_debit',
      confirm: 'true',
      description: order.description,
      [`metadata[${OURS}]`]: order.key,
      ...(order.holderToken ? { customer: order.holderToken } : {}),
      ...(order.offSession ? { off_session: 'true' } : returnUrl ? { return_url: returnUrl } : {}),
    };
    const reply = await this.client.post('/v1/payment_intents', fields, order.key, signal);
    return refusalOf(reply) ?? answerOf(accepted(reply, shape.paymentIntent), order);
  }

  async find(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer | undefined> {
    if (order.reference) {
      const reply = await this.client.get(`/v1/payment_intents/${encodeURIComponent(order.reference)}`, signal);
      return reply.status === 404 ? undefined : answerOf(accepted(reply, shape.paymentIntent), order);
    }
    const since = Math.floor(order.askedAt.getTime() / 1000) - CLOCKS_DIFFER_SECONDS;
    const filter = { 'created[gte]': String(since), ...(order.holderToken ? { customer: order.holderToken } : {}) };
    const found = await this.walk('/v1/payment_intents', filter, shape.paymentIntents, order.key, signal);
    return found && answerOf(found, order);
  }

  async cancel(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer> {
    const path = `/v1/payment_intents/${encodeURIComponent(order.reference ?? '')}/cancel`;
    const reply = await this.client.post(path, {}, `${order.key}-cancel`, signal);
    if (reply.status < 400) return answerOf(accepted(reply, shape.paymentIntent), order);
    // What cannot be called off has become something else meanwhile.
    const found = await this.find(order, signal);
    if (!found) throw silent(reply);
    return found;
  }

  async refund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer> {
    const amount = stripeAmount(order.amount, order.currency);
    if (amount === undefined) return UNFIT;
    const fields = {
      payment_intent: order.chargeReference,
      amount: amount.toString(),
      [`metadata[${OURS}]`]: order.key,
    };
    const reply = await this.client.post('/v1/refunds', fields, order.key, signal);
    if (reply.status === 400 || reply.status === 402 || reply.status === 404) {
      const { error } = shape.refusal.parse(reply.body);
      if (error.type === 'idempotency_error') throw silent(reply);
      return { state: 'failed', reference: null, code: error.code ?? 'refused_request' };
    }
    return refundAnswerOf(accepted(reply, shape.refund));
  }

  async findRefund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer | undefined> {
    if (order.reference) {
      const reply = await this.client.get(`/v1/refunds/${encodeURIComponent(order.reference)}`, signal);
      return reply.status === 404 ? undefined : refundAnswerOf(accepted(reply, shape.refund));
    }
    const filter = { payment_intent: order.chargeReference };
    const found = await this.walk('/v1/refunds', filter, shape.refunds, order.key, signal);
    return found && refundAnswerOf(found);
  }

  /** Looks through a list, newest first, for the one that bears our key. */
  private async walk<T extends { id: string; metadata: Readonly<Record<string, string>> }>(
    path: string,
    filter: Readonly<Record<string, string>>,
    page: z.ZodType<{ data: T[]; has_more: boolean }>,
    key: string,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    let after: Readonly<Record<string, string>> = {};
    for (let n = 0; n < PAGES; n += 1) {
      const query = new URLSearchParams({ limit: '100', ...filter, ...after });
      const { data, has_more: more } = accepted(await this.client.get(`${path}?${query}`, signal), page);
      const found = data.find(({ metadata }) => metadata[OURS] === key);
      const last = data.at(-1);
      if (found || !more || !last) return found;
      after = { starting_after: last.id };
    }
    // Not seen is not the same as not there.
    throw billingErrors('billing.gateway.silent', { reason: 'the list is too long to look through' });
  }

  verify(bytes: Buffer, signature: string): GatewayNotice {
    const secrets = (this.config.ISP_STRIPE_WEBHOOK_SECRETS ?? '').split(',').filter(Boolean);
    checkSignature(secrets, bytes, signature, this.clock.now());
    const parsed = shape.event.safeParse(jsonOf(bytes));
    if (!parsed.success) throw billingErrors('billing.gateway.unreadable');
    const { id: eventId, type, data } = parsed.data;
    const { id, payment_intent: charge, metadata, amount, currency } = data.object;
    const key = z.uuid().safeParse(metadata?.[OURS]).data ?? null;
    if (type.startsWith('payment_intent.')) return { eventId, type, concerns: 'charge', reference: id ?? null, key };
    if (type.startsWith('refund.') || type === 'charge.refund.updated')
      return { eventId, type, concerns: 'refund', reference: id ?? null, key };
    if (type === 'charge.dispute.funds_withdrawn')
      return {
        eventId,
        type,
        concerns: 'dispute',
        reference: charge ?? null,
        key: null,
        taken: takenOf(amount, currency),
      };
    return { eventId, type, concerns: 'nothing', reference: null, key: null };
  }
}

/** What the bank of the payer took back, as the dispute says. */
function takenOf(units: number | null | undefined, named: string | null | undefined): GatewayNotice['taken'] {
  const currency = named?.toUpperCase() ?? '';
  if (units === null || units === undefined || !isCurrencyCode(currency)) return null;
  return { amount: amountOfStripe(units, currency), currency };
}

const silent = (reply: StripeReply) => billingErrors('billing.gateway.silent', { reason: `status ${reply.status}` });

/** What a charge that is refused comes to; undefined for an answer that is no refusal of it. */
function refusalOf(reply: StripeReply): ChargeAnswer | undefined {
  if (![400, 402, 404].includes(reply.status)) return undefined;
  const { error } = shape.refusal.parse(reply.body);
  // A key that was used for something else says nothing about this charge.
  if (error.type === 'idempotency_error') throw silent(reply);
  const code = error.type === 'card_error' ? (error.decline_code ?? error.code) : undefined;
  return { state: 'failed', reference: error.payment_intent?.id ?? null, code: code ?? 'refused_request' };
}

/** @throws `billing.gateway.silent` for an answer that is none */
function accepted<T>(reply: StripeReply, schema: z.ZodType<T>): T {
  if (reply.status >= 400) throw silent(reply);
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success) throw billingErrors('billing.gateway.silent', { reason: 'the answer cannot be read' });
  return parsed.data;
}

function answerOf(intent: z.infer<typeof shape.paymentIntent>, order: ChargeOrder): ChargeAnswer {
  const { id: reference, status } = intent;
  if (status === 'succeeded') {
    const due = stripeAmount(order.amount, order.currency);
    if (BigInt(intent.amount_received ?? intent.amount) !== due || intent.currency !== order.currency.toLowerCase())
      throw billingErrors('billing.gateway.silent', { reason: 'another amount was taken' });
    return { state: 'succeeded', reference };
  }
  if (status === 'processing' || status === 'requires_capture') return { state: 'processing', reference };
  if (status === 'requires_action')
    return { state: 'requires_action', reference, actionUrl: intent.next_action?.redirect_to_url?.url ?? null };
  return { state: 'failed', reference, code: status === 'canceled' ? 'canceled' : codeOf(intent) };
}

function codeOf({ last_payment_error: error }: z.infer<typeof shape.paymentIntent>): string {
  return error?.decline_code ?? error?.code ?? 'generic_decline';
}

function refundAnswerOf({ id, status, failure_reason: reason }: z.infer<typeof shape.refund>): RefundAnswer {
  if (status === 'succeeded') return { state: 'succeeded', reference: id };
  if (status === 'failed' || status === 'canceled') return { state: 'failed', reference: id, code: reason ?? status };
  return { state: 'processing', reference: id };
}
