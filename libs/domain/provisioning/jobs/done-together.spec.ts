import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DoneTogether } from './done-together.js';

/** Of so many, and the groups in which they end. */
function batch(expected: number) {
  const groups: (readonly string[])[] = [];
  const ends = new DoneTogether<string, string>(expected, (items) => {
    groups.push(items);
    return items.map((item) => (item === 'bad' ? Promise.reject(new Error('bad')) : Promise.resolve(`${item} ended`)));
  });
  return { ends, groups };
}

describe('what is done together', () => {
  it('ends at once when nobody is left to wait for', () => {
    const { ends, groups } = batch(3);
    void ends.come('a');
    ends.leave();
    expect(groups).toEqual([]);
    void ends.come('b');
    expect(groups).toEqual([['a', 'b']]);
  });

  it('does not wait for one that is slow, which ends by itself', async () => {
    const { ends, groups } = batch(3);
    const early = Promise.all([ends.come('a'), ends.come('b')]);
    expect(await early).toEqual(['a ended', 'b ended']);
    expect(await ends.come('slow')).toBe('slow ended');
    expect(groups).toEqual([['a', 'b'], ['slow']]);
  });

  it('tells each how it ended', async () => {
    const { ends } = batch(2);
    const all = await Promise.allSettled([ends.come('bad'), ends.come('good')]);
    expect(all).toEqual([
      { status: 'rejected', reason: new Error('bad') },
      { status: 'fulfilled', value: 'good ended' },
    ]);
  });

  it('ends nothing when all of them leave', async () => {
    const { ends, groups } = batch(2);
    ends.leave();
    ends.leave();
    await sleep(50);
    expect(groups).toEqual([]);
  });
});
