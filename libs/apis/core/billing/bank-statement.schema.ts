import { bodyId, currencyCode, identifier, intId, line, unitAmount } from '@isp/apis/shared';
import {
  DATE_FORMATS,
  ENTRY_STATUSES,
  STATEMENT_FORMATS,
  BANK_STATEMENT_SORTING,
  BANK_ENTRY_SORTING,
} from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const column = line(100).optional();

export const importQuery = z.strictObject({
  file_name: identifier(200).optional(),
  format: z.enum(STATEMENT_FORMATS).default('camt.053'),
  bank_account: identifier(64).optional().describe('Of a CSV file, which does not say it itself'),
  currency: currencyCode.optional().describe('Of a CSV file'),
  delimiter: z.enum(['comma', 'semicolon', 'tab']).default('comma'),
  decimal_mark: z.enum(['dot', 'comma']).default('dot'),
  date_format: z.enum(DATE_FORMATS).default('YYYY-MM-DD'),
  date_column: line(100).default('date'),
  amount_column: line(100).default('amount'),
  reference_column: column,
  payer_name_column: column,
  payer_account_column: column,
  remittance_column: column,
  end_to_end_id_column: column,
});
export type ImportQuery = z.infer<typeof importQuery>;

export const statementsQuery = sortedQuery({}, BANK_STATEMENT_SORTING);
export type StatementsQuery = z.infer<typeof statementsQuery>;
export const entriesQuery = sortedQuery(
  {
    statement_id: intId.optional(),
    status: z.enum(ENTRY_STATUSES).optional(),
  },
  BANK_ENTRY_SORTING,
);
export type EntriesQuery = z.infer<typeof entriesQuery>;

export const matchBody = z.strictObject({
  customer_id: bodyId,
  account_id: bodyId.optional(),
  invoice_ids: z.array(bodyId).min(1).max(500).optional(),
});
export type MatchBody = z.infer<typeof matchBody>;
export const returnBody = z.strictObject({
  payment_id: bodyId,
  amount: unitAmount
    .optional()
    .describe('What of the entry was taken back, where the rest are charges of the bank; as the bank says when absent'),
});
export type ReturnBody = z.infer<typeof returnBody>;
export const reasonBody = z.strictObject({ reason: line(250) });
export type ReasonBody = z.infer<typeof reasonBody>;

export const statementShape = z.object({
  id: z.int(),
  format: z.enum(STATEMENT_FORMATS),
  file_name: z.string(),
  status: z.enum(['matching', 'done']),
  progress_percent: z.number(),
  entries: z.object({
    total: z.int(),
    duplicates: z.int(),
    waiting: z.int(),
    matched: z.int(),
    unmatched: z.int(),
    ignored: z.int(),
  }),
  imported_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export const statementsShape = listShape('bank_statements', statementShape);
export const entryShape = z.object({
  id: z.int(),
  statement_id: z.int(),
  bank_account: z.string(),
  booked_on: z.string(),
  amount: z.number(),
  currency: z.string(),
  is_return: z.boolean().describe('The bank says that it takes an earlier entry back'),
  returned_amount: z
    .number()
    .nullable()
    .describe('What of it was taken back; the rest are charges of the bank. Null: nobody has said'),
  payer_name: z.string().nullable(),
  payer_account: z.string().nullable(),
  remittance: z.string(),
  end_to_end_id: z.string().nullable(),
  status: z.enum(ENTRY_STATUSES),
  rule: z.string().nullable(),
  matched_by: z.string().nullable(),
  payment_id: z.int().nullable(),
  returned_payment_id: z.int().nullable().describe('The payment that it took back'),
  reason: z.string().nullable(),
});
export const entriesShape = listShape('bank_entries', entryShape);

export const statementExample = {
  id: 4,
  format: 'camt.053',
  file_name: 'statement-2025-02-10.xml',
  status: 'matching',
  progress_percent: 40,
  entries: { total: 120, duplicates: 20, waiting: 60, matched: 36, unmatched: 2, ignored: 2 },
  imported_by: 'user:4',
  created_at: '2025-02-11T08:00:00Z',
  finished_at: null,
};
export const entryExample = {
  id: 812,
  statement_id: 4,
  bank_account: 'DE89370400440532013000',
  booked_on: '2025-02-10',
  amount: 86.39,
  currency: 'EUR',
  is_return: false,
  returned_amount: null as number | null,
  payer_name: 'Jane Doe',
  payer_account: 'DE02120300000000202051',
  remittance: 'internet february',
  end_to_end_id: null,
  status: 'unmatched',
  rule: null,
  matched_by: null,
  payment_id: null,
  returned_payment_id: null,
  reason: null,
};
