import type { BankEntryView, BankStatementView, CsvMapping } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import type { ImportQuery } from './bank-statement.schema.js';
import { amountOf } from './money.js';

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const;

/** How a CSV file is to be read; undefined: it is camt.053. */
export function mappingOf(query: ImportQuery): CsvMapping | undefined {
  if (query.format !== 'csv') return undefined;
  return {
    bankAccount: query.bank_account ?? '',
    currency: query.currency ?? '',
    delimiter: DELIMITERS[query.delimiter],
    decimalMark: query.decimal_mark === 'comma' ? ',' : '.',
    dateFormat: query.date_format,
    columns: {
      date: query.date_column,
      amount: query.amount_column,
      reference: query.reference_column,
      payerName: query.payer_name_column,
      payerAccount: query.payer_account_column,
      remittance: query.remittance_column,
      endToEndId: query.end_to_end_id_column,
    },
  };
}

export function presentStatement(statement: BankStatementView) {
  const { entries: total, duplicates, waiting, matched, unmatched, ignored } = statement;
  const own = total - duplicates;
  return {
    id: statement.id,
    format: statement.format,
    file_name: statement.fileName,
    status: statement.status,
    progress_percent: own === 0 ? 100 : Math.round(((own - waiting) / own) * 100),
    entries: { total, duplicates, waiting, matched, unmatched, ignored },
    imported_by: statement.createdBy,
    created_at: toIsoSeconds(statement.createdAt),
    finished_at: statement.finishedAt && toIsoSeconds(statement.finishedAt),
  };
}

export function presentEntry(entry: BankEntryView) {
  return {
    id: entry.id,
    statement_id: entry.statementId,
    bank_account: entry.bankAccount,
    booked_on: entry.bookedOn,
    amount: amountOf(entry.amount, entry.currency),
    currency: entry.currency,
    is_return: entry.isReturn,
    returned_amount: entry.returnedAmount === null ? null : amountOf(entry.returnedAmount, entry.currency),
    payer_name: entry.payerName,
    payer_account: entry.payerAccount,
    remittance: entry.remittance,
    end_to_end_id: entry.endToEndId,
    status: entry.status,
    rule: entry.rule,
    matched_by: entry.matchedBy,
    payment_id: entry.paymentId,
    returned_payment_id: entry.returnedPaymentId,
    reason: entry.reason,
  };
}
