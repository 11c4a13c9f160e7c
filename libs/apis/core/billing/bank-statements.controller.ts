import { Controller, Get, Post } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  fileBody,
  intId,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AccountQueries, BankStatements, ImportStatement, MatchEntry } from '@isp/domain/billing';
import { listOf, sliceOf } from '../lists.js';
import { mappingOf, presentEntry, presentStatement } from './bank-statement.presenter.js';
import * as schema from './bank-statement.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Bank statements')
@Controller('v1/billing')
export class BankStatementsController {
  constructor(
    private readonly statements: BankStatements,
    private readonly imports: ImportStatement,
    private readonly matching: MatchEntry,
    private readonly accounts: AccountQueries,
  ) {}

  @Post('bank-statements')
  @ApiConsumes('application/octet-stream')
  @Operation({
    access: 'bank_statement.manage',
    summary: 'Import a statement of the bank',
    description:
      'camt.053, or CSV with the names of its columns; at most 5 MiB. Every entry is kept once, in however many files it ' +
      'comes: by the bank’s reference, else by what it says. Then entries are matched; what is left over is the list of ' +
      'entries with the status `unmatched`.',
    status: 202,
    response: schema.statementShape,
    example: schema.statementExample,
    errors: ['conflict', 'unprocessable', 'payload_too_large'],
    keepAnswerHours: 720,
  })
  async importStatement(
    @CurrentActor() actor: Actor,
    @QueryString(schema.importQuery) query: schema.ImportQuery,
    @JsonBody(fileBody) file: string,
  ) {
    const content = Buffer.from(file, 'latin1');
    const fileName = query.file_name ?? '';
    const made = await this.imports.execute({ actor, fileName, content, mapping: mappingOf(query) });
    return createdAt(`/v1/billing/bank-statements/${made.id}`, presentStatement(made));
  }

  @Get('bank-statements')
  @Operation({
    access: 'bank_statement.read',
    summary: 'List bank statements, newest first',
    response: schema.statementsShape,
    example: { bank_statements: [schema.statementExample], pagination: PAGINATION },
  })
  async listStatements(
    @CurrentActor() actor: Actor,
    @QueryString(schema.statementsQuery) query: schema.StatementsQuery,
  ) {
    const { rows, total } = await this.statements.list(actor, sliceOf(query));
    return listOf('bank_statements', rows.map(presentStatement), total, query);
  }

  @Get('bank-statements/:statement_id')
  @Operation({
    access: 'bank_statement.read',
    summary: 'Show how far a bank statement is matched',
    response: schema.statementShape,
    example: schema.statementExample,
    errors: ['not_found'],
  })
  async getStatement(@CurrentActor() actor: Actor, @PathParam('statement_id', intId) id: number) {
    return presentStatement(await this.statements.get(actor, id));
  }

  @Get('bank-entries')
  @Operation({
    access: 'bank_statement.read',
    summary: 'List bank entries, newest first',
    response: schema.entriesShape,
    example: { bank_entries: [schema.entryExample], pagination: PAGINATION },
  })
  async listEntries(@CurrentActor() actor: Actor, @QueryString(schema.entriesQuery) query: schema.EntriesQuery) {
    const { statement_id: statementId, status } = query;
    const { rows, total } = await this.statements.entries(actor, { statementId, status }, sliceOf(query));
    return listOf('bank_entries', rows.map(presentEntry), total, query);
  }

  @Get('bank-entries/:entry_id')
  @Operation({
    access: 'bank_statement.read',
    summary: 'Read a bank entry',
    response: schema.entryShape,
    example: schema.entryExample,
    errors: ['not_found'],
  })
  async getEntry(@CurrentActor() actor: Actor, @PathParam('entry_id', intId) id: number) {
    return presentEntry(await this.statements.entry(actor, id));
  }

  @Post('bank-entries/:entry_id/match')
  @Operation({
    access: 'bank_statement.manage',
    summary: 'Say whose payment a bank entry is',
    response: schema.entryShape,
    example: { ...schema.entryExample, status: 'matched', rule: 'by_hand', matched_by: 'user:4', payment_id: 55 },
    requestExample: { customer_id: 123, invoice_ids: [789] },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async matchEntry(
    @CurrentActor() actor: Actor,
    @PathParam('entry_id', intId) entryId: number,
    @JsonBody(schema.matchBody) body: schema.MatchBody,
  ) {
    const accountId = await this.accounts.idFor(actor, body.customer_id, body.account_id);
    return presentEntry(await this.matching.match(actor, entryId, { accountId, invoiceIds: body.invoice_ids }));
  }

  @Post('bank-entries/:entry_id/return')
  @Operation({
    access: 'bank_statement.manage',
    summary: 'Say which payment the bank took back with an entry',
    description:
      'Of an entry that went out. The payment is reversed, unless somebody has done so before: what it paid is open again.',
    response: schema.entryShape,
    example: {
      ...schema.entryExample,
      amount: -89.39,
      is_return: true,
      returned_amount: 86.39,
      status: 'matched',
      rule: 'by_hand',
      matched_by: 'user:4',
      returned_payment_id: 55,
    },
    requestExample: { payment_id: 55, amount: 86.39 },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async returnEntry(
    @CurrentActor() actor: Actor,
    @PathParam('entry_id', intId) entryId: number,
    @JsonBody(schema.returnBody) { payment_id: paymentId, amount }: schema.ReturnBody,
  ) {
    return presentEntry(await this.matching.takeBack(actor, entryId, paymentId, amount));
  }

  @Post('bank-entries/:entry_id/ignore')
  @Operation({
    access: 'bank_statement.manage',
    summary: 'Say that a bank entry is no payment of a customer',
    response: schema.entryShape,
    example: { ...schema.entryExample, status: 'ignored', reason: 'Interest' },
    requestExample: { reason: 'Interest' },
    errors: ['not_found', 'conflict'],
  })
  async ignoreEntry(
    @CurrentActor() actor: Actor,
    @PathParam('entry_id', intId) entryId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return presentEntry(await this.matching.ignore(actor, entryId, reason));
  }

  @Post('bank-entries/:entry_id/reopen')
  @Operation({
    access: 'bank_statement.manage',
    summary: 'Take back what was said of a bank entry',
    description:
      'A payment that was made of it is reversed: what it paid is open again. A return that reversed a payment stays.',
    response: schema.entryShape,
    example: schema.entryExample,
    requestExample: { reason: 'Wrong customer' },
    errors: ['not_found', 'conflict'],
    keepAnswerHours: 720,
  })
  async reopenEntry(
    @CurrentActor() actor: Actor,
    @PathParam('entry_id', intId) entryId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return presentEntry(await this.matching.reopen(actor, entryId, reason));
  }
}
