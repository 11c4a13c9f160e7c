import { billingErrors } from '../billing.errors.js';

/** The version whose shapes we read. */
const VERSION = '2024-06-20';
const MAX_REPLY_BYTES = 4 * 1024 * 1024;

export interface StripeReply {
  readonly status: number;
  readonly body: unknown;
}

/** One request at a time to Stripe, and whatever it answers. @throws `billing.gateway.silent` when it does not */
export class StripeClient {
  constructor(
    private readonly baseUrl: string,
    private readonly secretKey: string | undefined,
  ) {}

  get(path: string, signal: AbortSignal): Promise<StripeReply> {
    return this.send(path, { method: 'GET', signal });
  }

  post(path: string, fields: Readonly<Record<string, string>>, key: string, signal: AbortSignal): Promise<StripeReply> {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': key };
    return this.send(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString(), signal });
  }

  private async send(path: string, init: RequestInit): Promise<StripeReply> {
    if (this.secretKey === undefined) throw billingErrors('billing.gateway.not_set_up', { gateway: 'stripe' });
    const headers = { Authorization: `Bearer ${this.secretKey}`, 'Stripe-Version': VERSION, ...init.headers };
    try {
      const reply = await fetch(new URL(path, this.baseUrl), { ...init, headers, redirect: 'error' });
      const text = await reply.text();
      if (text.length > MAX_REPLY_BYTES) throw new Error('the answer is too long');
      return { status: reply.status, body: JSON.parse(text) as unknown };
    } catch (cause) {
      throw billingErrors('billing.gateway.silent', { reason: 'no answer' }, { cause });
    }
  }
}
