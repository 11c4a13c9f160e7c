/** A thread for tests: does what it is told to, also what no thread should. */
import { threadId } from 'node:worker_threads';

const DEEDS = {
  who: () => threadId,
  echo: ({ with: what }) => what,
  throw: () => {
    throw new RangeError('no such thing');
  },
  hang: () => {
    for (;;);
  },
  wait: ({ ms }) => new Promise((done) => setTimeout(done, ms, threadId)),
  exit: () => process.exit(3),
  fill: () => {
    const all = [];
    for (;;) all.push(Array.from({ length: 100_000 }, (_, n) => ({ n })));
  },
};

export const run = (task) => DEEDS[task.deed](task);
