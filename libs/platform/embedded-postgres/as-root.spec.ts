import { chmod, cp, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAccount } from './account.js';
import { packagedNative, usableBinaries } from './binaries.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { openTempDir, query, removeDir } from '../../../test/support/embedded-postgres.js';

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('embedded PostgreSQL as root', () => {
  let locked: string;

  beforeAll(async () => {
    locked = await mkdtemp(join(tmpdir(), 'isp-locked-'));
  });
  afterAll(() => removeDir(locked));

  it('keeps the data where the server can go when the clone is in a closed directory, and finds it again', async () => {
    const dataDir = join(locked, '.data', 'postgres');
    const lines: string[] = [];
    const first = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
    await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS id');
    await first.stop();
    const cluster = (await readFile(join(dataDir, 'cluster-location.txt'), 'utf8')).trim().split('\n').at(-1) ?? '';
    try {
      expect(cluster).toMatch(/^\/var\/lib\/isp-framework\/[0-9a-f]{16}\/cluster$/);
      expect(lines.join('\n')).toContain(cluster);
      expect((await stat(cluster)).uid).toBe((await serverAccount(cluster))?.uid);
      const second = await startEmbeddedPostgres({ dataDir });
      expect(await query(second.ownerUrl, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
      await second.stop();
      await rm(dataDir, { recursive: true });
      const third = await startEmbeddedPostgres({ dataDir });
      await expect(query(third.ownerUrl, 'SELECT FROM kept')).rejects.toThrow('does not exist');
      await third.stop();
    } finally {
      await removeDir(dirname(cluster));
      await removeDir(`${dirname(cluster)}-2`);
    }
  }, 60_000);

  it('copies binaries that the server cannot run, and completes missing links', async () => {
    const account = await serverAccount(join(locked, 'none'));
    const open = await openTempDir();
    try {
      const packaged = await packagedNative();
      await usableBinaries(packaged, open, account);
      expect(await readdir(open)).toEqual([]);
      const closed = join(locked, 'package', 'native');
      await cp(packaged, closed, { recursive: true, verbatimSymlinks: true });
      for (const { target } of JSON.parse(await readFile(join(closed, 'pg-symlinks.json'), 'utf8')) as {
        target: string;
      }[])
        await rm(join(closed, '..', target));
      await chmod(join(closed, 'bin', 'postgres'), 0o700);
      const { postgres } = await usableBinaries(closed, open, account);
      expect(postgres.startsWith(open)).toBe(true);
      expect((await usableBinaries(closed, open, account)).postgres).toBe(postgres);
    } finally {
      await removeDir(open);
    }
  }, 30_000);
});
