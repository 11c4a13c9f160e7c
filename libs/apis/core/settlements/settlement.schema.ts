import { percent } from '@isp/apis/shared';
import { SETTLEMENT_SORTING } from '@isp/domain/settlement';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

/** A calendar month. */
export const month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM');

export const settlementBody = z.strictObject({ month });
export type SettlementBody = z.infer<typeof settlementBody>;

export const termsBody = z.strictObject({ from_month: month, suspended_percent: percent });
export type TermsBody = z.infer<typeof termsBody>;

export const settlementsQuery = sortedQuery({}, SETTLEMENT_SORTING);
export type SettlementsQuery = z.infer<typeof settlementsQuery>;
export const linesQuery = listQuery({});
export type LinesQuery = z.infer<typeof linesQuery>;

const totalShape = z.object({ currency: z.string(), net: z.number(), tax: z.number(), gross: z.number() });

export const lineShape = z.object({
  service_id: z.int(),
  service_guid: z.string(),
  kind: z.enum(['monthly', 'suspended', 'activation']),
  plan_id: z.int(),
  plan_version: z.int(),
  sku: z.string(),
  static_ip: z.boolean(),
  periods: z.array(z.object({ from: z.string(), to: z.string() })),
  days: z.int(),
  unit_amount: z.number(),
  percent: z.number(),
  currency: z.string(),
  net: z.number(),
  tax_percent: z.number(),
  tax: z.number(),
  gross: z.number(),
});

const basisShape = {
  partner_id: z.int(),
  month: z.string(),
  time_zone: z.string(),
  suspended_percent: z.number(),
  totals: z.array(totalShape),
  line_count: z.int(),
  digest: z.string(),
};
export const settlementShape = z.object({
  id: z.int(),
  guid: z.string(),
  ...basisShape,
  issued_by: z.string(),
  issued_at: z.string(),
});
export const settlementsShape = listShape('settlements', settlementShape);
export const linesShape = listShape('lines', lineShape);
export const previewShape = z.object({ ...basisShape, lines: z.array(lineShape) });

export const proofShape = z.object({
  matches: z.boolean(),
  issued_digest: z.string(),
  stored_digest: z.string(),
  computed_digest: z.string(),
  totals_match: z.boolean(),
  only_stored: z.array(lineShape),
  only_computed: z.array(lineShape),
});

export const termsShape = z.object({ from_month: z.string().nullable(), suspended_percent: z.number() });
export const termsQuery = z.strictObject({ month });
export type TermsQuery = z.infer<typeof termsQuery>;
