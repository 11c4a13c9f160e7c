import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';

let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
}, 120_000);
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** What holds of every document, rule by rule; the table says the same in fewer words. */
const RULES = [
  `document IN ('invoice', 'credit_note')`,
  `status IN ('draft', 'pending', 'partially_paid', 'paid', 'overdue', 'uncollectible', 'issued', 'void')`,
  'settled_amount BETWEEN 0 AND abs(total_amount)',
  'credited_amount >= 0',
  `document = 'credit_note' OR total_amount < 0 OR credited_amount <= total_amount`,
  `document = 'credit_note' OR total_amount >= 0`,
  `document = 'invoice' OR total_amount < 0`,
  `document = 'credit_note' OR corrects_id IS NULL`,
  `(status IN ('draft', 'pending', 'partially_paid', 'paid', 'overdue', 'uncollectible', 'void') AND document = 'invoice')
    OR (status IN ('draft', 'issued', 'void') AND document = 'credit_note')`,
  `status IN ('draft', 'void') OR (number IS NOT NULL AND issued_at IS NOT NULL AND issued_on IS NOT NULL AND content_hash IS NOT NULL)`,
  `status <> 'draft' OR sequence IS NULL`,
  'paid_amount >= 0',
  'written_off_amount >= 0',
  `paid_amount + written_off_amount <= CASE document WHEN 'invoice' THEN settled_amount ELSE 0 END`,
  '(written_off_at IS NULL) = (written_off_amount = 0)',
  `status <> 'pending' OR settled_amount = written_off_amount`,
  `status <> 'partially_paid' OR (settled_amount > written_off_amount AND settled_amount < total_amount)`,
  `status <> 'overdue' OR settled_amount < total_amount`,
  `(status IN ('paid', 'uncollectible')) = (document = 'invoice' AND settled_amount = total_amount AND status NOT IN ('draft', 'void'))`,
  `status NOT IN ('paid', 'uncollectible') OR (status = 'uncollectible') = (written_off_amount > 0)`,
  `(status = 'void') = (voided_at IS NOT NULL)`,
  `status <> 'void' OR (settled_amount = 0 AND credited_amount = 0)`,
];
/** Documents of every kind and state, and of none that there is, with amounts on both sides of every limit. */
const CASES = `(SELECT document, status, total_amount, settled_amount, credited_amount, paid_amount,
    written_off_amount, written_off_at, corrects_id, sequence, voided_at, number, number AS content_hash,
    number AS issued_at, number AS issued_on, numeric '1' AS subtotal_amount, total_amount - 1 AS tax_amount, 'fee' AS kind, 'person' AS origin,
    NULL::date AS period_from, NULL::date AS period_until
  FROM unnest('{invoice,credit_note,letter}'::text[]) document
 CROSS JOIN unnest('{draft,pending,partially_paid,paid,overdue,uncollectible,issued,void,lost}'::text[]) status
 CROSS JOIN unnest('{-2,0,2}'::numeric[]) total_amount CROSS JOIN unnest('{-1,0,1,2,3}'::numeric[]) settled_amount
 CROSS JOIN unnest('{-1,0,1,2,3}'::numeric[]) credited_amount CROSS JOIN unnest('{1,NULL}'::integer[]) corrects_id
 CROSS JOIN unnest('{-1,0,1}'::numeric[]) paid_amount CROSS JOIN unnest('{-1,0,1,2}'::numeric[]) written_off_amount
 CROSS JOIN unnest('{2026-01-01,NULL}'::timestamptz[]) written_off_at CROSS JOIN unnest('{1,NULL}'::integer[]) sequence
 CROSS JOIN unnest('{2026-01-01,NULL}'::date[]) voided_at CROSS JOIN unnest('{INV-1,NULL}'::text[]) number) cases`;

describe('the checks of documents', () => {
  it('refuse what any of their rules refuses, and nothing else', async () => {
    const { rows } = await owner.query<{ check: string }>(
      `SELECT pg_get_expr(conbin, conrelid) AS check FROM pg_constraint WHERE conrelid = 'invoices'::regclass AND contype = 'c'
          AND NOT conkey && (SELECT array_agg(attnum) FROM pg_attribute WHERE attrelid = 'invoices'::regclass AND attname IN ('kind', 'origin'))`,
    );
    const all = (rules: readonly string[]): string => rules.map((rule) => `coalesce(${rule}, true)`).join(' AND ');
    const found = await owner.query<{ tried: number; good: number; other: number }>(
      `SELECT count(*)::integer AS tried, count(*) FILTER (WHERE said)::integer AS good, count(*) FILTER (WHERE said <> holds)::integer AS other
         FROM (SELECT ${all(RULES)} AS said, ${all(rows.map(({ check }) => check))} AS holds FROM ${CASES}) t`,
    );
    expect(found.rows[0]).toMatchObject({ tried: 777_600, other: 0 });
    expect(found.rows[0]?.good).toBeGreaterThan(100);
  });
});
