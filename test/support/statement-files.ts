import {
  BankStatements,
  BillingModule,
  type CsvMapping,
  ImportStatement,
  MatchStatement,
  WriteInvoice,
} from '@isp/domain/billing';
import { expect } from '@jest/globals';
import { actor, customer, exempt, openServices, sql, use } from './services-world.js';

/** A database with billing, and nobody who orders. */
export async function openStatements(): Promise<void> {
  await openServices(BillingModule);
  exempt('an order that waits has somebody who goes there', 'nobody orders here');
}

export const refusal = (code: string) => expect.objectContaining({ code }) as never;

/** An entry of a camt.053 statement, in US dollars. */
export interface Entry {
  readonly ref?: string;
  readonly amount: string;
  readonly text?: string;
  readonly name?: string;
  readonly iban?: string;
  readonly inner?: string;
  readonly out?: boolean;
  readonly reversal?: boolean | '1';
  readonly e2e?: string;
  readonly day?: string;
  /** More of its one transaction. */
  readonly more?: string;
}
const entry = ({ ref, amount, text = '', name = 'Somebody', iban = 'DE02120300000000202051', inner, ...of }: Entry) => `
  <Ntry><Amt Ccy="USD">${amount}</Amt><CdtDbtInd>${of.out ? 'DBIT' : 'CRDT'}</CdtDbtInd>${of.reversal ? `<RvslInd>${of.reversal}</RvslInd>` : ''}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${of.day ?? '2025-02-10'}</Dt></BookgDt>
   ${ref ? `<AcctSvcrRef>${ref}</AcctSvcrRef>` : ''}<NtryDtls>${
     inner ??
     `<TxDtls><Refs><EndToEndId>${of.e2e ?? 'NOTPROVIDED'}</EndToEndId></Refs>${of.more ?? ''}<RltdPties><Dbtr><Pty><Nm>${name}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct></RltdPties>
    <RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`
   }</NtryDtls></Ntry>`;
/** A camt.053 statement of our account. */
export const camt = (...entries: readonly Entry[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
   <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>${entries.map(entry).join('')}</Stmt></BkToCstmrStmt></Document>`;
/** How the CSV files of specs are read. */
export const CSV: CsvMapping = {
  bankAccount: 'DE89370400440532013000',
  currency: 'USD',
  delimiter: ';',
  decimalMark: ',',
  dateFormat: 'DD.MM.YYYY',
  columns: { date: 'Buchung', amount: 'Betrag', remittance: 'Zweck', payerName: 'Name' },
};

/** An invoice of a new customer. */
export async function owing(amount: string) {
  const customerId = await customer();
  const [row] = await sql<{ id: number; name: string; portal: string }>(
    `SELECT a.id, c.name, c.portal_id::text AS portal FROM billing_accounts a JOIN customers c ON c.id = a.customer_id WHERE c.id = ${customerId}`,
  );
  const { id: accountId = 0, name = '', portal = '' } = row ?? {};
  const lines = [{ description: 'Work', amount, quantity: '1', prorationFactor: '1' }];
  const invoice = await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines });
  return { accountId, name, portal, invoiceId: invoice.id, number: invoice.number ?? '' };
}
/** Imports a file, and answers the id of the statement. */
export const take = async (text: string, mapping?: CsvMapping, process = 0) =>
  (await use(ImportStatement, process).execute({ actor, fileName: 'f', content: Buffer.from(text), mapping })).id;
export const match = (id: number, process = 0) => use(MatchStatement, process).execute(id);
/** In the order of the file. */
export const entriesOf = async (statementId: number) =>
  (await use(BankStatements).entries(actor, { statementId }, { limit: 50, offset: 0 })).rows.reverse();
/** What was received on an account. */
export const total = async (accountId: number) =>
  (
    await sql<{ n: number; total: string }>(
      `SELECT count(*)::integer AS n, coalesce(sum(amount), 0)::text AS total FROM payments WHERE account_id = ${accountId} AND status = 'received'`,
    )
  )[0];
