import { amountAboveZero, exactNumber, line, needle } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';
import { day } from './billing-account.schema.js';

const serviceType = z.enum(['internet', 'voice', 'bundle']);

export const taxRateBody = z.strictObject({
  region: line(60),
  code: line(40),
  name: line(60),
  service_type: serviceType.nullable().default(null),
  percent: exactNumber(0, 100),
  inclusive: z.boolean().default(false),
  from: day,
  until: day.nullable().default(null),
});
export type TaxRateBody = z.infer<typeof taxRateBody>;
export const endTaxRateBody = z.strictObject({ on: day });
export type EndTaxRateBody = z.infer<typeof endTaxRateBody>;
export const taxRatesQuery = listQuery({ region: needle(60).optional() });
export type TaxRatesQuery = z.infer<typeof taxRatesQuery>;

export const taxRateShape = z.object({
  id: z.int(),
  region: z.string(),
  code: z.string(),
  name: z.string(),
  service_type: serviceType.nullable(),
  percent: z.number(),
  inclusive: z.boolean(),
  from: z.string(),
  until: z.string().nullable(),
});
export const taxRatesShape = listShape('tax_rates', taxRateShape);
export const taxRateExample = {
  id: 4,
  region: 'ZA',
  code: 'vat',
  name: 'VAT',
  service_type: null,
  percent: 15,
  inclusive: false,
  from: '2018-04-01',
  until: null,
};

const policy = {
  start: z.enum(['prorate', 'full', 'free']),
  upgrade: z.enum(['prorate', 'next_period']),
  downgrade: z.enum(['prorate', 'next_period']),
  pause: z.enum(['credit', 'charge']),
  suspension: z.enum(['credit', 'charge']),
  termination: z.enum(['prorate', 'full']),
  early_termination: z.enum(['charge', 'waive']),
};
export const policyBody = z.strictObject({ ...policy, overage_amount: z.union([z.null(), amountAboveZero]) }).partial();
export type PolicyBody = z.infer<typeof policyBody>;
export const policyShape = z.object({
  plan_id: z.int(),
  from: z.string().nullable(),
  ...policy,
  overage_amount: z.number().nullable(),
});
export const policyExample = {
  plan_id: 1,
  from: null,
  start: 'prorate',
  upgrade: 'prorate',
  downgrade: 'prorate',
  pause: 'credit',
  suspension: 'charge',
  termination: 'prorate',
  early_termination: 'charge',
  overage_amount: null,
};
