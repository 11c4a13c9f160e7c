import { describe, expect, it } from '@jest/globals';
import { createLogger, Log } from '@isp/platform/logging';
import { HeldWork } from './held-work.js';

/** Claims and releases touch no database. */
const heldWork = (): HeldWork =>
  new HeldWork(undefined as never, undefined as never, new Log(createLogger('silent', 'test')), undefined as never);
const claim = (epoch: number) => ({ id: '7', epoch, failures: 0 });

describe('HeldWork', () => {
  it('forgets a claim when it ends', () => {
    const held = heldWork();
    held.hold(claim(1));
    held.release(claim(1));
    expect(held.size).toBe(0);
  });

  it('keeps the newer claim of the same work when the older run ends late', () => {
    const held = heldWork();
    const older = held.hold(claim(1));
    const newer = held.hold(claim(3));
    expect([older.signal.aborted, newer.signal.aborted]).toEqual([true, false]);
    held.release(claim(1));
    expect(held.size).toBe(1);
    held.release(claim(3));
    expect(held.size).toBe(0);
  });
});
