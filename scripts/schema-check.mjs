/**
 * Compares the entities with the migrated schema: every column of an entity must be in the database as the entity says.
 * What the database holds beyond that (keys, checks, indexes, defaults, columns it fills by itself) is the migrations'.
 */
import { fileURLToPath } from 'node:url';
import { withScratchDatabase } from './lib/scratch-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MIGRATIONS_OWN = [
  /^DROP INDEX /,
  /^ALTER TABLE "\w+" DROP CONSTRAINT /,
  /^ALTER TABLE "\w+" ALTER COLUMN "\w+" DROP DEFAULT$/,
  /^DELETE FROM "typeorm_metadata" /,
  // Generated for searching, or written by a statement alone.
  /^ALTER TABLE "(customers|users|api_keys)" DROP COLUMN "(display_id|search_text|username_key|email_key|last_used_at)"$/,
];

async function differences(postgres) {
  const { createDataSource, API_LIMITS } = await import('../dist/libs/platform/database/index.js');
  const { entities } = await import('../dist/apps/wiring/modules.js');
  // TypeORM looks there when a table has generated columns, also when no entity holds them.
  const owner = await createDataSource(
    { url: postgres.ownerUrl, max: 1, limits: API_LIMITS, applicationName: 'schema check' },
    [],
  ).initialize();
  await owner.query(
    'SET ROLE NONE; CREATE TABLE typeorm_metadata (type text, database text, schema text, "table" text, name text, value text); GRANT SELECT ON typeorm_metadata TO isp_app',
  );
  await owner.destroy();
  const settings = { url: postgres.appUrl, max: 2, limits: API_LIMITS, applicationName: 'schema check' };
  const source = await createDataSource(settings, entities).initialize();
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  await source.destroy();
  const statements = upQueries.map(({ query }) => query);
  return {
    tables: entities.length,
    statements: statements.filter((sql) => !MIGRATIONS_OWN.some((own) => own.test(sql))),
  };
}

const { tables, statements } = await withScratchDatabase(root, differences);
if (statements.length > 0) {
  console.error(`entities and migrations differ:\n  ${statements.join('\n  ')}`);
  process.exit(1);
}
console.log(`${tables} entities fit the migrated schema`);
process.exit(0);
