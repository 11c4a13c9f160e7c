import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';

/** Asks `done` every `everyMs` until it says true; false when `timeoutMs` passed first. */
export async function waitUntil(done: () => boolean, timeoutMs: number, everyMs = 10): Promise<boolean> {
  const deadline = monotonicMs() + timeoutMs;
  while (!done()) {
    if (monotonicMs() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}

/** The message of whatever was thrown, on one line. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return lastLines(text, Number.MAX_SAFE_INTEGER);
}

/** The last non-empty lines of a text, joined into one. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ');
}
