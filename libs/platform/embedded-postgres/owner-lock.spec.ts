import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acquireOwnerLock } from './owner-lock.js';
import { processIdentity } from './processes.js';

describe('owner lock', () => {
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'isp-lock-'));
    path = join(dir, 'owner.lock');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('refuses a second owner while the first lives, and names it', async () => {
    const lock = await acquireOwnerLock(path);
    await expect(acquireOwnerLock(path)).rejects.toThrow(`in use by process ${process.pid}`);
    await lock.release();
    const next = await acquireOwnerLock(path);
    await next.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('takes over from a process that has died', async () => {
    const child = spawn('/bin/sleep', ['60']);
    const identity = processIdentity(child.pid ?? 0);
    await writeFile(path, JSON.stringify({ pid: child.pid, identity }));
    await expect(acquireOwnerLock(path)).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await acquireOwnerLock(path)).release();
  });

  it('knows a reused pid from its former owner', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, identity: 'another boot/1' }));
    await (await acquireOwnerLock(path)).release();
  });

  it.each(['', '{"pid":', '{"pid":"1"}'])('takes over a damaged lock: %j', async (content) => {
    await writeFile(path, content);
    await (await acquireOwnerLock(path)).release();
  });

  it('lets exactly one of many take over a dead lock', async () => {
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, JSON.stringify({ pid: process.pid, identity: `gone/${round}` }));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireOwnerLock(path)));
      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(winners).toHaveLength(1);
      await winners[0]?.release();
    }
  });

  it('survives the death of a process that was just taking over', async () => {
    const dead = JSON.stringify({ pid: process.pid, identity: 'gone/1' });
    await writeFile(path, dead);
    const warrant = `${path}.evict-${createHash('sha256').update(dead).digest('hex').slice(0, 16)}`;
    await writeFile(warrant, JSON.stringify({ pid: process.pid, identity: 'gone/2' }));
    await (await acquireOwnerLock(path)).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('leaves a lock alone that is no longer its own', async () => {
    const lock = await acquireOwnerLock(path);
    await writeFile(path, 'another owner');
    await lock.release();
    expect(await readFile(path, 'utf8')).toBe('another owner');
  });
});
