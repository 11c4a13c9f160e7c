import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './dist.mjs';

/** Runs `work` with a migrated database that is thrown away afterwards. Builds dist/ first where it is stale. */
export async function withScratchDatabase(root, work) {
  await ensureBuilt(root);
  const { startEmbeddedPostgres } = await import('../../dist/libs/platform/embedded-postgres/index.js');
  const { runMigrations } = await import('../../dist/libs/platform/database/index.js');
  const directory = await mkdtemp(join(tmpdir(), 'isp-scratch-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  try {
    await runMigrations({ url: postgres.ownerUrl });
    return await work(postgres);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The settings of a program that only has to come up. */
export function scratchSettings(postgres) {
  return {
    DATABASE_URL: postgres.appUrl,
    ISP_MASTER_KEYS: `scratch:${randomBytes(32).toString('base64')}`,
    ISP_LOG_LEVEL: 'error',
    PORT: '0',
  };
}
