import { z } from 'zod';

const metadata = z.record(z.string(), z.string()).default({});

/** What we read of Stripe's objects (API version of `StripeClient`); the rest of them may change. */
export const named = z.object({ id: z.string() });
export const paymentMethod = z.object({
  id: z.string(),
  type: z.string(),
  customer: z.string().nullish(),
  card: z
    .object({
      brand: z.string(),
      last4: z.string().regex(/^\d{4}$/),
      exp_month: z.int().min(1).max(12),
      exp_year: z.int().min(2000).max(2200),
    })
    .nullish(),
  sepa_debit: z
    .object({
      last4: z
        .string()
        .regex(/^\d{4}$/)
        .nullish(),
    })
    .nullish(),
});
export const paymentIntent = z.object({
  id: z.string(),
  status: z.string(),
  amount: z.int(),
  amount_received: z.int().nullish(),
  currency: z.string(),
  metadata,
  next_action: z.object({ redirect_to_url: z.object({ url: z.url().nullish() }).nullish() }).nullish(),
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
});
export const paymentIntents = z.object({ data: z.array(paymentIntent), has_more: z.boolean() });
export const refund = z.object({
  id: z.string(),
  status: z.string(),
  failure_reason: z.string().nullish(),
  metadata,
});
export const refunds = z.object({ data: z.array(refund), has_more: z.boolean() });
export const refusal = z.object({
  error: z.object({
    type: z.string(),
    code: z.string().optional(),
    decline_code: z.string().optional(),
    payment_intent: named.optional(),
  }),
});
export const event = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  data: z.object({
    object: z.object({
      id: z.string().max(255).optional(),
      payment_intent: z.string().max(255).nullish(),
      amount: z.int().nonnegative().nullish().catch(null),
      currency: z.string().length(3).nullish().catch(null),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});
