import { describe, expect, it } from '@jest/globals';
import { type DueWork, messagesOf } from './messages.js';

let ids = 0;
const due = (more: Partial<DueWork> = {}): DueWork => {
  ids += 1;
  return { id: String(ids), queue: 'events', priority: 3, deaths: 0, listener: null, ...more };
};
const isBatched = (listener: string): boolean => listener.startsWith('batched');

describe('messagesOf', () => {
  it('gathers work of one urgency, no more than may travel in one message', () => {
    const items = [due(), due({ priority: 1 }), due(), due(), due()];
    const [a, urgent, b, c, d] = items.map(({ id }) => id);
    expect(messagesOf(items, 3, isBatched)).toEqual([
      { ids: [a, b, c], priority: 3, deaths: 0, together: false },
      { ids: [urgent], priority: 1, deaths: 0, together: false },
      { ids: [d], priority: 3, deaths: 0, together: false },
    ]);
  });

  it('keeps what a batched listener handles together by itself', () => {
    const items = ['batched.one', 'other', 'batched.two', 'batched.one', null].map((listener) => due({ listener }));
    const [one, other, two, again, work] = items.map(({ id }) => id);
    expect(messagesOf(items, 20, isBatched).map(({ ids: of, together }) => [of, together])).toEqual([
      [[one, again], true],
      [[other, work], false],
      [[two], true],
    ]);
  });

  it('lets work that was part of a death travel alone, behind all other after the second', () => {
    const items = [due({ deaths: 1, listener: 'batched.one' }), due({ deaths: 2 }), due({ listener: 'batched.one' })];
    expect(
      messagesOf(items, 20, isBatched).map(({ priority, deaths, together }) => [priority, deaths, together]),
    ).toEqual([
      [3, 1, false],
      [7, 2, false],
      [3, 0, true],
    ]);
  });
});
