import { networkErrors } from '../network.errors.js';

/** A device that says nothing for so long is silent. */
const DEVICE_TIMEOUT_MS = 15_000;

/**
 * Waits for a device as long as a device may take, or until the run is over, even if its driver never settles.
 * @throws `network.device.silent`
 */
export async function patiently<T>(
  signal: AbortSignal,
  work: (limit: AbortSignal) => Promise<T>,
  timeoutMs = DEVICE_TIMEOUT_MS,
): Promise<T> {
  signal.throwIfAborted();
  // One timer that ends with the wait: signals of AbortSignal.timeout and .any live on until their time is up.
  const limit = new AbortController();
  let silent = false;
  const timer = setTimeout(() => {
    silent = true;
    limit.abort(new DOMException('the device says nothing', 'TimeoutError'));
  }, timeoutMs);
  const over = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', over, { once: true });
  const ended = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([work(limit.signal), ended]);
  } catch (error) {
    if (silent && !signal.aborted) throw networkErrors('network.device.silent', {}, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', over);
  }
}
