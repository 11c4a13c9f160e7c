import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { query } from './embedded-postgres.js';
import { createRunDirectory, removeRunDirectory } from './run-directory.mjs';
import { TEMPLATE, runSql, sharedCluster } from './test-cluster.js';

describe('the cluster that test workers share', () => {
  let directory: string;

  beforeEach(() => {
    directory = createRunDirectory();
  });
  afterEach(() => removeRunDirectory(directory));

  it('is started and migrated once, whoever asks at the same time, and goes with its directory', async () => {
    const migrated: string[] = [];
    const migrate = async (url: string): Promise<void> => {
      migrated.push(url);
      await runSql(url, 'CREATE TABLE marker (id int)');
    };
    const clusters = await Promise.all([1, 2, 3].map(() => sharedCluster(directory, migrate)));
    expect(migrated).toHaveLength(1);
    expect(new Set(clusters.map((cluster) => cluster.ownerUrl)).size).toBe(1);
    const ownerUrl = clusters[0]?.ownerUrl ?? '';
    const clone = (name: string): Promise<void> => runSql(ownerUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    await Promise.all(['a', 'b', 'c'].map(clone));
    expect(await query(ownerUrl.replace(/postgres$/, 'b'), 'SELECT id FROM marker')).toEqual([]);
    await removeRunDirectory(directory);
    await expect(query(ownerUrl, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  }, 30_000);

  it('tells everybody why it did not start', async () => {
    const migrate = (): Promise<void> => Promise.reject(new Error('migration 7 is broken'));
    const results = await Promise.allSettled([1, 2].map(() => sharedCluster(directory, migrate)));
    for (const result of results)
      expect(String((result as PromiseRejectedResult).reason)).toContain('migration 7 is broken');
  }, 30_000);

  it('does not wait for a worker that died', async () => {
    await writeFile(join(directory, 'cluster.claim'), '4194305');
    await expect(sharedCluster(directory, () => Promise.resolve())).rejects.toThrow('died');
  });
});
