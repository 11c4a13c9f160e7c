import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './processes.js';

export interface OwnerLock {
  release(): Promise<void>;
}

/**
 * Makes this process the owner of a data directory until `release()`. A lock whose process has died is taken over;
 * one whose process lives (this one included) is an error.
 */
export async function acquireOwnerLock(path: string): Promise<OwnerLock> {
  const nonce = randomBytes(6).toString('hex');
  const content = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), nonce });
  const draft = `${path}.${nonce}`;
  // Written first and linked afterwards: nobody ever reads half a lock.
  await writeFile(draft, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await linked(draft, path)) return { release: () => releaseIfOurs(path, content) };
      const found = await contentOf(path);
      if (found !== undefined) await evictDeadOwner(path, found);
    }
    throw new Error(`cannot lock ${path}: several processes are starting on it at once`);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Looking at a lock and removing it are two steps, so only the holder of a lock of its own, named after the dead one's
 * content, may take them: else two processes could see the same corpse and the slower one remove the faster one's lock.
 */
async function evictDeadOwner(path: string, found: string): Promise<void> {
  refuseIfAlive(path, found);
  const warrantPath = `${path}.evict-${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
  let warrant: OwnerLock;
  try {
    warrant = await acquireOwnerLock(warrantPath);
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    await sleep(10);
    return;
  }
  if ((await contentOf(path)) === found) await rm(path, { force: true });
  await warrant.release();
}

class LockHeld extends Error {}

function refuseIfAlive(path: string, content: string): void {
  const owner = parseOwner(content);
  if (owner === undefined || processIdentity(owner.pid) !== owner.identity) return;
  throw new LockHeld(`the database is already in use by process ${owner.pid} (${path}): stop that one first`);
}

function parseOwner(content: string): { pid: number; identity: string } | undefined {
  try {
    const value = JSON.parse(content) as { pid?: unknown; identity?: unknown };
    if (typeof value.pid !== 'number' || typeof value.identity !== 'string') return undefined;
    return { pid: value.pid, identity: value.identity };
  } catch {
    return undefined;
  }
}

async function releaseIfOurs(path: string, content: string): Promise<void> {
  if ((await contentOf(path)) === content) await rm(path, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
