import { calendarDay, currencyCode, intId } from '@isp/apis/shared';
import { addMonths } from '@isp/kernel';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

const MOST_MONTHS = 60;
const month = z
  .string()
  .regex(/^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM')
  .describe('A month, YYYY-MM');
const format = z.enum(['json', 'csv']).default('json');
const currency = currencyCode.optional();

const range = { from: month.optional(), to: month.optional(), partner_id: intId.optional(), format };
const fits = ({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): boolean =>
  from === undefined || to === undefined || (from <= to && addMonths(`${from}-01`, MOST_MONTHS).slice(0, 7) > to);
const RANGE = `must be from a month to the same or a later one, ${MOST_MONTHS} months at most`;

export const monthsQuery = z.strictObject(range).refine(fits, { message: RANGE, path: ['to'] });
export type MonthsQuery = z.infer<typeof monthsQuery>;
export const mrrQuery = z.strictObject({ ...range, currency }).refine(fits, { message: RANGE, path: ['to'] });
export type MrrQuery = z.infer<typeof mrrQuery>;
export const revenueQuery = z
  .strictObject({ ...range, by: z.enum(['plan', 'partner']).default('plan') })
  .refine(fits, { message: RANGE, path: ['to'] });
export type RevenueQuery = z.infer<typeof revenueQuery>;
export const ageingQuery = listQuery({
  as_of: calendarDay.optional(),
  group_by: z.enum(['currency', 'partner', 'customer']).default('currency'),
  partner_id: intId.optional(),
  customer_id: intId.optional(),
  format,
});
export type AgeingQuery = z.infer<typeof ageingQuery>;

const amount = z.number();
const mrrRow = z.object({
  month: z.string(),
  currency: z.string(),
  opening: amount,
  new: amount,
  reactivation: amount,
  expansion: amount,
  contraction: amount,
  churn: amount,
  closing: amount,
  customers: z.int(),
  new_customers: z.int(),
  reactivated_customers: z.int(),
  churned_customers: z.int(),
  arpu: amount.nullable(),
});
export const mrrShape = z.object({ mrr: z.array(mrrRow) });
export const mrrExample = {
  mrr: [
    {
      month: '2025-02',
      currency: 'USD',
      opening: 7990,
      new: 159.98,
      reactivation: 0,
      expansion: 20,
      contraction: -10,
      churn: -79.99,
      closing: 8079.99,
      customers: 101,
      new_customers: 2,
      reactivated_customers: 0,
      churned_customers: 1,
      arpu: 80,
    },
  ],
};

const revenueRow = z.object({
  month: z.string(),
  currency: z.string(),
  plan_id: z.int().nullable(),
  plan_name: z.string().nullable(),
  partner_id: z.int().nullable(),
  partner_name: z.string().nullable(),
  invoiced: amount,
  credited: amount,
  net: amount,
  tax: amount,
});
export const revenueShape = z.object({ revenue: z.array(revenueRow) });
export const revenueExample = {
  revenue: [
    {
      month: '2025-02',
      currency: 'USD',
      plan_id: 1,
      plan_name: 'Home 100',
      partner_id: null,
      partner_name: null,
      invoiced: 799.9,
      credited: -10,
      net: 789.9,
      tax: 63.19,
    },
  ],
};

const taxRow = z.object({
  month: z.string(),
  currency: z.string(),
  region: z.string().nullable(),
  code: z.string().nullable(),
  name: z.string().nullable(),
  percent: z.number().nullable(),
  documents: z.int(),
  base: amount,
  amount,
  reclaimed_tax: amount.describe('Claimed back on bad debts in the month, less what was given back of that'),
});
export const taxShape = z.object({ tax: z.array(taxRow) });
export const taxExample = {
  tax: [
    {
      month: '2025-02',
      currency: 'ZAR',
      region: 'ZA',
      code: 'vat',
      name: 'VAT',
      percent: 15,
      documents: 12,
      base: 5728.7,
      amount: 859.31,
      reclaimed_tax: 15.65,
    },
  ],
};

const deferredRow = z.object({
  month: z.string(),
  currency: z.string(),
  opening: amount,
  invoiced: amount,
  recognised: amount,
  closing: amount,
});
export const deferredShape = z.object({ deferred_revenue: z.array(deferredRow) });
export const deferredExample = {
  deferred_revenue: [{ month: '2025-02', currency: 'USD', opening: 110, invoiced: 120, recognised: 20, closing: 210 }],
};

const badDebtRow = z.object({
  month: z.string(),
  currency: z.string(),
  reason: z.string(),
  written_off: amount,
  recovered: amount,
  reversed: amount,
  reclaimed_tax: amount,
  loss: amount,
});
export const badDebtShape = z.object({ bad_debt: z.array(badDebtRow) });
export const badDebtExample = {
  bad_debt: [
    {
      month: '2025-02',
      currency: 'USD',
      reason: 'bankruptcy',
      written_off: 120,
      recovered: -60,
      reversed: 0,
      reclaimed_tax: 10,
      loss: 50,
    },
  ],
};

export const trialBalanceQuery = z.strictObject({
  as_of: calendarDay.optional(),
  partner_id: intId.optional(),
  format,
});
export type TrialBalanceQuery = z.infer<typeof trialBalanceQuery>;
const trialBalanceRow = z.object({
  currency: z.string(),
  ledger_account: z.string().describe('`total` for the sums of a currency'),
  debit: amount,
  credit: amount,
  balance: amount.describe('debit − credit; that of `total` is 0'),
});
export const trialBalanceShape = z.object({ trial_balance: z.array(trialBalanceRow) });
export const trialBalanceExample = {
  trial_balance: [
    { currency: 'USD', ledger_account: 'cash', debit: 86.39, credit: 0, balance: 86.39 },
    { currency: 'USD', ledger_account: 'credit', debit: 86.39, credit: 86.39, balance: 0 },
    { currency: 'USD', ledger_account: 'receivable', debit: 86.39, credit: 86.39, balance: 0 },
    { currency: 'USD', ledger_account: 'revenue', debit: 0, credit: 79.99, balance: -79.99 },
    { currency: 'USD', ledger_account: 'tax', debit: 0, credit: 6.4, balance: -6.4 },
    { currency: 'USD', ledger_account: 'total', debit: 259.17, credit: 259.17, balance: 0 },
  ],
};

const ageingRow = z.object({
  currency: z.string(),
  partner_id: z.int().nullable(),
  partner_name: z.string().nullable(),
  customer_id: z.int().nullable(),
  customer_name: z.string().nullable(),
  accounts: z.int(),
  invoices: z.int(),
  total: amount,
  not_due: amount,
  days_1_30: amount,
  days_31_60: amount,
  days_61_90: amount,
  days_over_90: amount,
});
export const ageingShape = listShape('ageing', ageingRow);
export const ageingExample = {
  ageing: [
    {
      currency: 'USD',
      partner_id: 1,
      partner_name: 'Example Fibre',
      customer_id: null,
      customer_name: null,
      accounts: 3,
      invoices: 4,
      total: 345.56,
      not_due: 86.39,
      days_1_30: 172.78,
      days_31_60: 86.39,
      days_61_90: 0,
      days_over_90: 0,
    },
  ],
  pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
};
