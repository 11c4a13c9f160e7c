import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';

const A = 2;
const B = 3;
let world: ApiWorld;
let app: Client;
let tables: readonly string[];

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  const made = factory(world);
  for (const partner of [A, B]) {
    await made.make.failed_job(partner);
    await made.make.delivery(partner);
    await made.make.api_key(partner);
  }
  app = new Client({ connectionString: world.database.appUrl });
  await app.connect();
  const found = await catalogue<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'partner_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%' ORDER BY 1`,
  );
  tables = found.map(({ name }) => name);
}, 120_000);
afterAll(async () => {
  await app.end();
  await world.close();
});

const catalogue = <R extends object>(sql: string) => query<R>(world.database.superUrl, sql);

/** In a transaction with exactly these settings, as the program sets them. */
async function within<T>(settings: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  await app.query('BEGIN');
  try {
    for (const [name, value] of Object.entries(settings))
      await app.query('SELECT set_config($1, $2, true)', [name, value]);
    return await work();
  } finally {
    await app.query('ROLLBACK');
  }
}

const counts = async (where = ''): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const table of tables)
    found[table] = Number((await app.query(`SELECT count(*) FROM ${table} ${where}`)).rows[0].count);
  return found;
};
const nothing = () => Object.fromEntries(tables.map((table) => [table, 0]));
const fails = (sql: string, values: unknown[] = []) =>
  app.query(sql, values).then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );
const DENIED = '42501';

describe('as the application’s role, without the program', () => {
  it('sees every partner’s rows only where the program says so, or the test proves nothing', async () => {
    const all = await within({ 'app.unrestricted': 'on' }, () => counts());
    const own = await within({ 'app.partner_id': String(B) }, () => counts());
    for (const table of [
      'customers',
      'services',
      'users',
      'sessions',
      'api_keys',
      'audit_entries',
      'webhook_deliveries',
      'provisioning_jobs',
    ]) {
      if (table === 'sessions') continue;
      expect([table, (own[table] ?? 0) > 0, (all[table] ?? 0) > (own[table] ?? 0)]).toEqual([table, true, true]);
    }
  });

  it.each([
    ['no tenant is set', {}],
    ['the tenant is empty', { 'app.partner_id': '' }],
    ['the tenant does not exist', { 'app.partner_id': '999999' }],
    ['unrestricted is not exactly on', { 'app.unrestricted': 'ON', 'app.partner_id': '0' }],
    ['only a customer is set', { 'app.customer_id': '1' }],
  ])('finds nothing when %s', async (_, settings) => {
    expect(await within(settings as Record<string, string>, () => counts())).toEqual(nothing());
    expect(
      await within(settings as Record<string, string>, async () => (await app.query('SELECT id FROM partners')).rows),
    ).toEqual([]);
  });

  it('finds nothing of B for A, and refuses what would reach over', async () => {
    expect(await within({ 'app.partner_id': String(A) }, () => counts(`WHERE partner_id <> ${A}`))).toEqual(nothing());
    await within({ 'app.partner_id': String(A) }, async () => {
      expect((await app.query(`UPDATE customers SET name = 'taken' WHERE partner_id = ${B}`)).rowCount).toBe(0);
      expect((await app.query(`DELETE FROM webhook_deliveries WHERE partner_id = ${B}`)).rowCount).toBe(0);
      expect(
        await fails(`INSERT INTO customers (partner_id, name, email, phone) VALUES (${B}, 'x', 'x@x.example', '1')`),
      ).toBe(DENIED);
    });
    await within({ 'app.partner_id': String(A) }, async () => {
      expect(await fails(`UPDATE customers SET partner_id = ${B} WHERE partner_id = ${A}`)).toMatch(/^(42501|23503)$/);
    });
  });

  it('shows a customer its own rows alone, and none of what is the partner’s', async () => {
    const found = await within({ 'app.partner_id': '1', 'app.customer_id': '1' }, () => counts());
    expect([
      found['customers'],
      found['users'],
      found['api_keys'],
      found['sessions'],
      found['audit_entries'],
      found['webhook_endpoints'],
    ]).toEqual([1, 1, 0, 0, 0, 0]);
    const services = await within({ 'app.partner_id': '1', 'app.customer_id': '1' }, () =>
      counts('WHERE partner_id = 1'),
    );
    expect(services['services']).toBeGreaterThan(0);
  });

  it('keeps nothing of a transaction, nor after one that failed', async () => {
    await within({ 'app.unrestricted': 'on', 'app.partner_id': String(B) }, () => counts());
    expect(await counts()).toEqual(nothing());
    await within({ 'app.unrestricted': 'on', 'app.partner_id': String(B) }, () => fails('SELECT 1/0'));
    expect(await counts()).toEqual(nothing());
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.unrestricted', 'on', true)`);
    await app.query('COMMIT');
    expect(await counts()).toEqual(nothing());
  });
});

describe('functions that run with more rights', () => {
  const search = (partner: number | null = null) =>
    app
      .query<{ id: number | null; total: string }>(`SELECT * FROM customers_search('%', NULL, $1, 1000, 0)`, [partner])
      .then(({ rows }) => rows);

  it('are the known ones, each with a fixed search path and not for everybody', async () => {
    const found = await catalogue(
      `SELECT p.proname AS name, (SELECT c FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') AS path, has_function_privilege('isp_app', p.oid, 'EXECUTE') AS app,
              EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) OR p.proacl IS NULL AS everybody
         FROM pg_proc p WHERE p.prosecdef AND p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const path = 'search_path=public, pg_temp';
    const ofTheApplication = [
      'archive_sessions',
      'audit_append',
      'customers_count',
      'customers_search',
      'forget_sessions',
      'issue_at_once',
      'issue_document',
      'issue_documents',
      'keep_profile_in_use',
      'next_ticket_number',
      'operator_identity',
      'provisioning_pace',
      'record_plan_version',
      'tend_attempts',
      'tickets_search',
    ];
    // The RADIUS server's role calls them, the application does not (test/radius shows what they answer to it).
    const ofRadius = ['account', 'auth_check', 'auth_reply', 'live_sessions', 'nas_client', 'note_attempt', 'use_keys'];
    // Nobody calls them: triggers.
    const ofTriggers = [
      'book_document',
      'book_payment',
      'book_refund',
      'book_write_off',
      'book_write_off_reversal',
      'follow_escalations',
      'follow_occupation',
      'follow_service_life',
      'follow_service_terms',
      'forget_usage_days',
      'keep_lines',
      'look_for_accounts',
      'look_for_services',
      'open_accounts_of_currency',
      'open_billing_accounts',
      'record_service_terms',
      'settle_allocation',
      'track_change',
      'track_change_of_service',
      'void_credit_note',
    ];
    expect(found).toEqual(
      [...ofTheApplication, ...ofRadius, ...ofTriggers]
        .sort()
        .map((name) => ({ name, path, app: ofTheApplication.includes(name), everybody: false })),
    );
  });

  it('search inside the wall only', async () => {
    expect(await within({}, () => search())).toEqual([{ id: null, total: '0' }]);
    expect(await within({ 'app.partner_id': String(A) }, () => search(B))).toEqual([{ id: null, total: '0' }]);
    const own = await within({ 'app.partner_id': String(A) }, () => search());
    const ids = await within(
      { 'app.partner_id': String(A) },
      async () => (await app.query<{ id: number }>('SELECT id FROM customers ORDER BY id DESC')).rows,
    );
    expect(own.map(({ id }) => id).filter((id) => id !== null)).toEqual(ids.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(3);
    const customer = await within({ 'app.partner_id': '1', 'app.customer_id': '1' }, () => search());
    expect(customer.map(({ id }) => id)).toEqual([1, null]);
  });

  it('count inside the wall only', async () => {
    const count = (partner: number | null, status: string | null = null) =>
      app
        .query<{ total: number }>('SELECT customers_count($1, $2) AS total', [status, partner])
        .then(({ rows }) => rows[0]?.total);
    const seen = (where: string) =>
      app.query<{ n: number }>(`SELECT count(*)::integer AS n FROM customers ${where}`).then(({ rows }) => rows[0]?.n);
    expect(await within({}, () => count(null))).toBe(0);
    expect(await within({}, () => count(B))).toBe(0);
    for (const walls of [{ 'app.partner_id': String(A) }, { 'app.unrestricted': 'on', 'app.partner_id': '1' }]) {
      await within(walls as Record<string, string>, async () => {
        expect(await count(null)).toBe(await seen(''));
        expect(await count(A)).toBe(await seen(`WHERE partner_id = ${A}`));
        expect(await count(B)).toBe(await seen(`WHERE partner_id = ${B}`));
        expect(await count(null, 'active')).toBe(await seen(`WHERE status = 'active'`));
        expect(await count(A, 'active')).toBe(await seen(`WHERE partner_id = ${A} AND status = 'active'`));
      });
    }
    await within({ 'app.partner_id': '1', 'app.customer_id': '1' }, async () => {
      expect([await count(null), await count(A), await count(null, 'terminated')]).toEqual([1, 0, 0]);
    });
  });

  it('append to the caller’s own audit chain only', async () => {
    const entries = JSON.stringify([
      { actor: 'x', action: 'x.x', subject_type: 'x', subject_id: '1', changes: {}, request_id: null },
    ]);
    const append = (partner: number) => fails('SELECT audit_append($1, $2)', [partner, entries]);
    expect(await within({}, () => append(B))).toBe(DENIED);
    expect(await within({ 'app.partner_id': String(A) }, () => append(B))).toBe(DENIED);
    expect(await within({ 'app.partner_id': String(A) }, () => append(A))).toBe('no error');
  });

  it('count requests without showing anything of a partner’s', async () => {
    const taken = await within({}, () =>
      app.query(`SELECT rate_limit_take('spec', 1, '{60000}', '{1000}', '{5}') AS answer`),
    );
    expect(taken.rows[0].answer[0]).toBe('1');
    const columns = await catalogue<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'rate_limits'::regclass AND attnum > 0`,
    );
    expect(columns.map(({ name }) => name)).not.toContain('partner_id');
  });
});

describe('the catalogue', () => {
  it('forces a wall around every table that knows a partner, and around partners', async () => {
    const open = await catalogue(
      `SELECT c.oid::regclass::text AS name FROM pg_class c
        WHERE c.oid = ANY ('{${[...tables, 'partners'].join()}}'::text[]::regclass[])
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'wall' AND p.polroles @> ARRAY['isp_app'::regrole::oid]))`,
    );
    expect(open).toEqual([]);
    expect(tables.length).toBeGreaterThan(15);
  });

  it('lets no policy of the application’s say true for everybody', async () => {
    const open = await catalogue(
      `SELECT polrelid::regclass::text AS name, polname FROM pg_policy
        WHERE (polroles @> ARRAY['isp_app'::regrole::oid] OR polroles = '{0}') AND (pg_get_expr(polqual, polrelid) = 'true' OR pg_get_expr(polwithcheck, polrelid) = 'true')`,
    );
    expect(open).toEqual([]);
  });

  it('gives the application’s role nothing but what it needs', async () => {
    const [role] = await catalogue(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = 'isp_app'`,
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
    });
    const [owned] = await catalogue<{ count: string }>(
      `SELECT (SELECT count(*) FROM pg_class WHERE relowner = 'isp_app'::regrole) + (SELECT count(*) FROM pg_proc WHERE proowner = 'isp_app'::regrole)
            + (SELECT count(*) FROM pg_namespace WHERE nspowner = 'isp_app'::regrole) AS count`,
    );
    expect(owned?.count).toBe('0');
    const member = await catalogue(
      `SELECT roleid::regrole::text AS of FROM pg_auth_members WHERE member = 'isp_app'::regrole`,
    );
    expect(member).toEqual([]);
    for (const statement of [
      'CREATE TABLE public.mine ()',
      'SET ROLE isp_owner',
      'ALTER TABLE customers DISABLE ROW LEVEL SECURITY',
      'DROP TABLE customers',
    ])
      expect([statement, await fails(statement)]).toEqual([statement, DENIED]);
  });

  it('lets nobody change or delete the audit trail, however it asks', async () => {
    const grants = await catalogue(
      `SELECT table_name, privilege_type FROM information_schema.role_table_grants
        WHERE grantee IN ('isp_app', 'PUBLIC') AND table_name LIKE 'audit%' AND privilege_type <> 'SELECT'`,
    );
    expect(grants).toEqual([]);
    for (const sql of [
      `UPDATE audit_entries SET actor = 'x'`,
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      `INSERT INTO audit_entries SELECT * FROM audit_entries`,
      `UPDATE audit_heads SET seq = 0`,
    ])
      expect([sql, await within({ 'app.unrestricted': 'on' }, () => fails(sql))]).toEqual([sql, DENIED]);
  });

  it('lets the application create no trigger, rule or function that would run for others', async () => {
    const [rights] = await catalogue(
      `SELECT has_schema_privilege('isp_app', 'public', 'CREATE') AS create, has_schema_privilege('isp_app', 'tenancy', 'CREATE') AS tenancy,
              bool_or(has_table_privilege('isp_app', c.oid, 'TRIGGER')) AS trigger, bool_or(has_table_privilege('isp_app', c.oid, 'TRUNCATE')) AS truncate
         FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
    );
    expect(rights).toEqual({ create: false, tenancy: false, trigger: false, truncate: false });
  });
});
