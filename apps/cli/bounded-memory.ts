import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MOST_GARBAGE_BYTES = 48 * 1024 * 1024;

/**
 * For work over any number of rows: called after each piece of it, it has V8 collect what has piled up. Rows that wait for
 * their transaction grow old, and by itself V8 lets what is old grow by hundreds of megabytes, as long as the machine has
 * them, before it looks at it.
 */
export function boundedMemory(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => getHeapStatistics().used_heap_size;
  let kept = used();
  return () => {
    if (used() < kept + MOST_GARBAGE_BYTES) return;
    collect();
    kept = used();
  };
}
