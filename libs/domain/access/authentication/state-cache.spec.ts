import { describe, expect, it } from '@jest/globals';
import { StateCache } from './state-cache.js';

function setUp(maxEntries = 10) {
  const state = { at: 0, loads: 0, gate: undefined as Promise<void> | undefined };
  const cache = new StateCache(
    async (key: string) => {
      state.loads += 1;
      const mine = `${key}${state.loads}`;
      await state.gate;
      return mine;
    },
    { maxAgeMs: 1_000, maxEntries, now: () => state.at },
  );
  return { state, cache };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('StateCache', () => {
  it('reads once for many callers at the same time', async () => {
    const { cache, state } = setUp();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => cache.get('a'))))).toEqual(new Set(['a1']));
    expect(state.loads).toBe(1);
  });

  it('never answers what is older than its age', async () => {
    const { cache, state } = setUp();
    await cache.get('a');
    state.at = 500;
    expect(await cache.get('a')).toBe('a1');
    state.at = 1_001;
    expect(await cache.get('a')).toBe('a2');
  });

  it('counts the age from the start of a slow reading', async () => {
    const { cache, state } = setUp();
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const first = cache.get('a');
    state.at = 900;
    open();
    expect(await first).toBe('a1');
    state.at = 1_100;
    expect(await cache.get('a')).toBe('a2');
  });

  it('reads ahead in the background past half the age', async () => {
    const { cache, state } = setUp();
    await cache.get('a');
    state.at = 700;
    expect(await cache.get('a')).toBe('a1');
    await settle();
    expect(await cache.get('a')).toBe('a2');
    expect(state.loads).toBe(2);
  });

  it('does not keep a value that was forgotten while it was being read', async () => {
    const { cache, state } = setUp();
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const stale = cache.get('a');
    cache.clear();
    open();
    expect(await stale).toBe('a1');
    expect(await cache.get('a')).toBe('a2');
  });

  it('does not keep a failure, and stays small', async () => {
    let fail = true;
    const cache = new StateCache((key: string) => (fail ? Promise.reject(new Error('down')) : Promise.resolve(key)), {
      maxAgeMs: 1_000,
      maxEntries: 2,
    });
    await expect(cache.get('a')).rejects.toThrow('down');
    fail = false;
    expect(await cache.get('a')).toBe('a');
    const { cache: small, state } = setUp(2);
    for (const key of ['a', 'b', 'c']) await small.get(key);
    await small.get('c');
    expect(state.loads).toBe(3);
    await small.get('a');
    expect(state.loads).toBe(4);
  });
});
