import { describe, expect, it } from '@jest/globals';
import { query } from './embedded-postgres.js';
import { createEmptyDatabase, createTestDatabase } from './test-postgres.js';

describe('test databases', () => {
  it('are migrated, separate from one another, and gone after drop()', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
    const [first, second] = databases;
    await query(first.ownerUrl, 'CREATE TABLE only_here (id int)');
    await expect(query(second.ownerUrl, 'SELECT FROM only_here')).rejects.toThrow('does not exist');
    expect(await query(first.appUrl, 'SELECT current_user')).toEqual([{ current_user: 'isp_app' }]);
    expect(await query(first.superUrl, 'SELECT current_user')).toEqual([{ current_user: 'isp_super' }]);
    const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
    const [migrated] = await query<{ n: number }>(second.ownerUrl, tables);
    expect(migrated?.n).toBeGreaterThan(0);
    const empty = await createEmptyDatabase();
    expect(await query(empty.ownerUrl, tables)).toEqual([{ n: 0 }]);
    await Promise.all([...databases, empty].map((database) => database.drop()));
    await expect(query(first.ownerUrl, 'SELECT 1')).rejects.toThrow('does not exist');
  }, 60_000);
});
