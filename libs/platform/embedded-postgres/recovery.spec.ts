import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asAccount, serverAccount } from './account.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { processIdentity } from './processes.js';
import { killChild, openTempDir, query, removeDir, startInChild } from '../../../test/support/embedded-postgres.js';
import { waitUntil } from './wait.js';

/** Every case leaves `dataDir` without a running server, in whatever state its kill produced. */
describe('embedded PostgreSQL after accidents', () => {
  let parent: string;
  let dataDir: string;

  beforeAll(async () => {
    parent = await openTempDir();
    dataDir = join(parent, 'postgres');
  });
  afterAll(() => removeDir(parent));

  const survives = async (expected: number): Promise<string[]> => {
    const lines: string[] = [];
    const postgres = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
    try {
      expect(await query(postgres.ownerUrl, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: expected }]);
      await query(postgres.ownerUrl, 'INSERT INTO kept VALUES (1)');
    } finally {
      await postgres.stop();
    }
    return lines;
  };

  it('finds and replaces the server of a parent that was killed; committed rows are there', async () => {
    // The leftovers of an initialisation that was interrupted.
    await mkdir(join(dataDir, 'cluster.new', 'base'), { recursive: true });
    const { child, pid, ownerUrl } = await startInChild(dataDir);
    await query(ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS id');
    await killChild(child, 'SIGKILL');
    expect(processIdentity(pid)).toBeDefined();
    expect(await query(ownerUrl, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1 }]);
    const lines = await survives(1);
    expect(lines).toContain(`stopped the database server that an earlier run left behind (process ${pid})`);
    expect(processIdentity(pid)).toBeUndefined();
  }, 30_000);

  it('refuses to touch the server of a process that lives', async () => {
    const { child, pid, ownerUrl } = await startInChild(dataDir);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(`already in use by process ${child.pid}`);
    expect(await query(ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await killChild(child, 'SIGKILL');
    expect(processIdentity(pid)).toBeDefined();
    await survives(2);
  }, 30_000);

  it('stops with its process when that exits without saying so', async () => {
    const { child, pid } = await startInChild(dataDir);
    const exited = once(child, 'exit');
    child.send('exit');
    await exited;
    expect(await waitUntil(() => processIdentity(pid) === undefined, 5_000)).toBe(true);
    await survives(3);
  }, 30_000);

  it('recovers when parent and server were killed together', async () => {
    const { child, pid } = await startInChild(dataDir);
    process.kill(pid, 'SIGKILL');
    await killChild(child, 'SIGKILL');
    expect(await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).toContain(`${pid}\n`);
    await survives(4);
  }, 30_000);

  it('starts although the old pid now belongs to somebody else, whom it leaves alone', async () => {
    const stranger = spawn('/bin/sleep', ['60'], asAccount(await serverAccount(join(dataDir, 'cluster'))));
    const file = join(dataDir, 'cluster', 'postmaster.pid');
    await writeFile(
      file,
      `${stranger.pid}\n${join(dataDir, 'cluster')}\n1700000000\n5432\n\n127.0.0.1\n        1         1\nready   \n`,
    );
    try {
      await survives(5);
      expect(processIdentity(stranger.pid ?? 0)).toBeDefined();
    } finally {
      await killChild(stranger, 'SIGKILL');
    }
  }, 30_000);
});
