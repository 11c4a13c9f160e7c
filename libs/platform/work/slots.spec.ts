import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

/** Waits for slots and notes by name when it has them. */
function taker(slots: Slots, order: string[]) {
  return (name: string, wanted = 1, options: { readonly gatherMs?: number; readonly hurry?: boolean } = {}) =>
    slots.take(wanted, options).then((taken) => {
      order.push(name);
      return taken;
    });
}

describe('Slots', () => {
  it('hands a slot to who waits, and not to who comes in that moment', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const take = taker(slots, order);
    await take('first');
    const waiting = take('waiting', 2, { gatherMs: 5 });
    slots.give();
    const late = take('late');
    await waiting;
    expect(order).toEqual(['first', 'waiting']);
    slots.give();
    await late;
    expect(order).toEqual(['first', 'waiting', 'late']);
  });

  it('serves two lines in turn when each piece of work is a line of its own', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const take = taker(slots, order);
    await take('held');
    const event = take('event', 1, { gatherMs: 5 });
    for (let n = 0; n < 3; n += 1) void take(`order ${n}`, 1, { gatherMs: 5 });
    slots.give();
    await event;
    for (let n = 0; n < 3; n += 1) {
      slots.give();
      await nextTurn();
    }
    expect(order).toEqual(['held', 'event', 'order 0', 'order 1', 'order 2']);
  });

  it('gives all to who wants all, as they come free', async () => {
    const slots = new Slots(3);
    await slots.take(2);
    const all = slots.takeAll(60_000);
    slots.give();
    await nextTurn();
    slots.give();
    expect(await all).toBe(3);
    const next = slots.take(1);
    slots.give(3);
    expect(await next).toBe(1);
  });

  it('gives those that came free to who waits no longer, and the rest to others later', async () => {
    const slots = new Slots(3);
    await slots.take(1);
    expect(await slots.takeAll(1)).toBe(2);
    const other = slots.take(3);
    // What nobody waits for any more goes back.
    slots.give();
    await nextTurn();
    slots.give(2);
    const first = await other;
    expect(first).toBe(1);
    expect(await slots.take(3)).toBe(2);
  });

  it('keeps what comes free for who gathers, and passes the rest on', async () => {
    const slots = new Slots(4);
    const order: string[] = [];
    const take = taker(slots, order);
    expect(await take('all', 4)).toBe(4);
    const several = take('several', 2, { gatherMs: 20 });
    slots.give();
    await nextTurn();
    const another = take('another', 3);
    slots.give(3);
    expect(await several).toBe(2);
    expect(await another).toBe(2);
    expect(order).toEqual(['all', 'several', 'another']);
  });

  it('lets the hurried go first, but not for ever', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const take = taker(slots, order);
    await take('held');
    void take('calm');
    for (let n = 0; n < 6; n += 1) void take(`hurried ${n}`, 1, { hurry: true });
    for (let n = 0; n < 7; n += 1) {
      slots.give();
      await nextTurn();
    }
    expect(order).toEqual([
      'held',
      'hurried 0',
      'hurried 1',
      'hurried 2',
      'calm',
      'hurried 3',
      'hurried 4',
      'hurried 5',
    ]);
  });

  it('never hands out more than there are, whatever the order of takers and givers', async () => {
    const slots = new Slots(5);
    let held = 0;
    const worker = async (n: number): Promise<void> => {
      for (let round = 0; round < 40; round += 1) {
        const taken = await slots.take(1 + ((n + round) % 4), { gatherMs: n % 2, hurry: n % 3 === 0 });
        held += taken;
        expect(held).toBeLessThanOrEqual(5);
        await nextTurn();
        held -= taken;
        slots.give(taken);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => worker(n)));
    expect(await slots.take(5)).toBe(5);
  });
});
