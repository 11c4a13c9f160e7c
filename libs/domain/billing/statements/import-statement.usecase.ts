import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import type { BankStatementView } from './bank-statement.view.js';
import { BankStatements } from './bank-statements.queries.js';
import { entriesOfCamt } from './camt053.js';
import { type CsvMapping, entriesOfCsv, textOf } from './csv-statement.js';
import { keyed, unreadable } from './parsed-entry.js';

const MOST_ENTRIES = 20_000;
/** Where a day begins first. */
const FIRST_ZONE = 'Pacific/Kiritimati';
const SAME = statement('bank-statements-same', 'SELECT id FROM bank_statements WHERE partner_id = $1 AND digest = $2');
const INSERT = statement(
  'bank-statements-insert',
  `INSERT INTO bank_statements (partner_id, format, file_name, digest, entries, duplicates, created_by, created_at)
   VALUES ($1, $2, $3, $4, $5, 0, $6, $7) RETURNING id`,
);
const INSERT_ENTRIES = statement(
  'bank-statements-insert-entries',
  `INSERT INTO bank_entries (partner_id, statement_id, bank_account, entry_key, bank_reference, booked_on, currency, amount, payer_name, payer_account, remittance,
          end_to_end_id, is_return, returned_amount, updated_at)
   SELECT $1, $2, e."bankAccount", e.key, e."bankReference", e."bookedOn", e.currency, e.amount, e."payerName", e."payerAccount", e.remittance, e."endToEndId",
          e."isReturn", e."returnedAmount", $4
     FROM jsonb_to_recordset($3) AS e ("bankAccount" text, key text, "otherKey" text, "bankReference" text, "bookedOn" date, currency text, amount numeric,
          "payerName" text, "payerAccount" text, remittance text, "endToEndId" text, "isReturn" boolean, "returnedAmount" numeric, place integer)
    WHERE e.amount <> 0 AND NOT EXISTS (
      SELECT FROM bank_entries k WHERE k.partner_id = $1 AND k.bank_account = e."bankAccount" AND k.entry_key = e."otherKey")
   ORDER BY e.place ON CONFLICT ON CONSTRAINT bank_entries_once DO NOTHING`,
);
const DUPLICATES = statement('bank-statements-duplicates', 'UPDATE bank_statements SET duplicates = $2 WHERE id = $1');

export interface ImportStatementInput {
  readonly actor: Actor;
  readonly fileName: string;
  readonly content: Buffer;
  /** Of a CSV file; without it the file is camt.053. */
  readonly mapping?: CsvMapping | undefined;
}

/**
 * Takes in a file of the bank. Every entry is kept once, in however many files it comes and whoever imports them at the
 * same time; what came in is then matched.
 * @throws `billing.statement.unreadable`, `billing.statement.duplicate`
 */
@Injectable()
export class ImportStatement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly statements: BankStatements,
    private readonly facts: BillingFacts,
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ actor, fileName, content, mapping }: ImportStatementInput): Promise<BankStatementView> {
    const text = decode(content);
    const said = mapping ? entriesOfCsv(text, mapping) : entriesOfCamt(text);
    const entries = keyed(said.filter(({ amount }) => Number(amount) !== 0));
    if (entries.length > MOST_ENTRIES) unreadable(`it has more than ${MOST_ENTRIES} entries`);
    const latest = localDate(this.clock.now(), FIRST_ZONE);
    const ahead = entries.find(({ bookedOn }) => bookedOn > latest);
    if (ahead)
      unreadable(`an entry of ${ahead.amount} ${ahead.currency} is booked on ${ahead.bookedOn}, which has not come`);
    // With the mapping: a file that was read wrongly once may come again with the right one.
    const digest = createHash('sha256')
      .update(mapping ? textOf(mapping) : '')
      .update(content)
      .digest();
    const about = [actor.partnerId, mapping ? 'csv' : 'camt.053', fileName, digest, entries.length, actor.name];
    try {
      return await this.uow.run(actor, async (tx) => {
        const now = this.clock.now();
        const { id } = (await tx.one<{ id: number }>(INSERT, [...about, now])) as { id: number };
        const placed = entries.map((entry, place) => ({ ...entry, place }));
        const values = [actor.partnerId, id, JSON.stringify(placed), now];
        const fresh = await tx.execute(INSERT_ENTRIES, values);
        await tx.execute(DUPLICATES, [id, entries.length - fresh]);
        this.work.enqueueOnCommit('billing.match-statement', { statement_id: id }, { dedupeKey: String(id) });
        const changes = { file_name: fileName, entries: entries.length };
        this.facts.note(actor, 'bank_statement.import', { partnerId: actor.partnerId, id }, changes);
        return this.statements.get(actor, id);
      });
    } catch (error) {
      if (violatedConstraint(error) !== 'bank_statements_digest') throw error;
      const same = await this.uow.run(actor, (tx) => tx.one<{ id: number }>(SAME, [actor.partnerId, digest]));
      throw billingErrors('billing.statement.duplicate', { id: same?.id ?? 0 });
    }
  }
}

function decode(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return unreadable('it is not UTF-8');
  }
}
