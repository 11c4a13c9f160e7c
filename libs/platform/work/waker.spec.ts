import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Database } from '@isp/platform/database';
import { WAKE_SPACING_MS, Waker } from './waker.js';

/** A waker and how many commits each of its wake-ups came after. */
function wakerOf() {
  let commits = 0;
  const sent: number[] = [];
  const query = async (): Promise<never[]> => {
    sent.push(commits);
    await sleep(1);
    return [];
  };
  const waker = new Waker({ query } as unknown as Database);
  const commit = (): void => {
    commits += 1;
    waker.wake();
  };
  return { sent, commit };
}

describe('Waker', () => {
  it('wakes at once, and for many commits in a row once more at the end of its distance', async () => {
    const { sent, commit } = wakerOf();
    commit();
    expect(sent).toEqual([1]);
    for (let n = 0; n < 10; n += 1) commit();
    expect(sent).toEqual([1]);
    await sleep(3 * WAKE_SPACING_MS);
    expect(sent).toEqual([1, 11]);
  });

  it('leaves no commit untold that came while a wake-up was on its way', async () => {
    const { sent, commit } = wakerOf();
    commit();
    await sleep(3 * WAKE_SPACING_MS);
    commit();
    commit();
    expect(sent).toEqual([1, 2]);
    await sleep(3 * WAKE_SPACING_MS);
    expect(sent).toEqual([1, 2, 3]);
  });
});
