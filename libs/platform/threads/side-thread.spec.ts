import { afterEach, describe, expect, it } from '@jest/globals';
import { SideThread, type SideThreadOptions } from './index.js';

interface Task {
  readonly deed: 'who' | 'echo' | 'throw' | 'hang' | 'wait' | 'exit' | 'fill';
  readonly ms?: number;
  readonly with?: unknown;
}

const ODD = new URL('../../../test/support/odd-thread.mjs', import.meta.url).href;
const open: SideThread<Task, unknown>[] = [];
function thread(options: Omit<SideThreadOptions, 'entry'> = {}): SideThread<Task, unknown> {
  const made = new SideThread<Task, unknown>({ entry: ODD, ...options });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('a side thread', () => {
  it('answers what its module answers, from a thread that it keeps', async () => {
    const side = thread();
    const at = new Date(0);
    expect(await side.run({ deed: 'echo', with: { at, list: [1n, 'ä'] } })).toEqual({ at, list: [1n, 'ä'] });
    const first = await side.run({ deed: 'who' });
    expect(first).toBeGreaterThan(0);
    expect(await side.run({ deed: 'who' })).toBe(first);
  });

  it('throws what its module throws, and goes on', async () => {
    const side = thread();
    const first = await side.run({ deed: 'who' });
    await expect(side.run({ deed: 'throw' })).rejects.toThrow(new RangeError('no such thing'));
    expect(await side.run({ deed: 'who' })).toBe(first);
  });

  it.each(['exit', 'fill'] as const)('fails the task alone that its thread dies of: %s', async (deed) => {
    const side = thread({ heapMegabytes: 16 });
    const first = await side.run({ deed: 'who' });
    const [dead, next] = await Promise.allSettled([side.run({ deed }), side.run({ deed: 'who' })]);
    expect(dead).toMatchObject({ reason: { code: 'platform.thread.ended', kind: 'unavailable' } });
    expect(next).toMatchObject({ status: 'fulfilled' });
    expect((next as { value: unknown }).value).not.toBe(first);
  });

  it('gives up what hangs, and whoever waited behind it has the whole of its own time', async () => {
    const side = thread({ patienceMs: 2_000 });
    const all = [side.run({ deed: 'hang' }), side.run({ deed: 'hang' }), side.run({ deed: 'who' })];
    const [first, second, third] = await Promise.allSettled(all);
    for (const one of [first, second])
      expect(one).toMatchObject({ reason: { code: 'platform.thread.slow', kind: 'timeout' } });
    expect(third).toMatchObject({ status: 'fulfilled' });
  });

  it('refuses whom it has no place for, and says when to come again', async () => {
    const side = thread({ queueLimit: 2 });
    const taken = [1, 2, 3].map(() => side.run({ deed: 'wait', ms: 50 }));
    await expect(side.run({ deed: 'who' })).rejects.toMatchObject({
      code: 'platform.thread.busy',
      kind: 'unavailable',
      retryAfterSeconds: 5,
    });
    expect(new Set(await Promise.all(taken)).size).toBe(1);
    await side.run({ deed: 'who' });
  });

  it('ends a thread that has nothing to do, and starts another', async () => {
    const side = thread({ idleMs: 1 });
    const first = await side.run({ deed: 'who' });
    await new Promise((done) => setTimeout(done, 300));
    expect(await side.run({ deed: 'who' })).not.toBe(first);
  });

  it('when it is closed, fails what runs and what waits, and takes nothing more', async () => {
    const side = thread();
    await side.run({ deed: 'who' });
    const all = Promise.allSettled([side.run({ deed: 'hang' }), side.run({ deed: 'who' })]);
    await new Promise((done) => setTimeout(done, 100));
    await side.close();
    for (const one of await all) expect(one).toMatchObject({ reason: { code: 'platform.thread.ended' } });
    await expect(side.run({ deed: 'who' })).rejects.toMatchObject({ code: 'platform.thread.ended' });
  });
});
