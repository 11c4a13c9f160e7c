import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';

/** Less than a test may take, so that what did not come says so itself. */
const PATIENCE_MS = 50_000;

/** Asks until `probe` answers something, and answers that. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  for (const start = monotonicMs(); monotonicMs() - start < withinMs; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`not in time: ${what}`);
}
