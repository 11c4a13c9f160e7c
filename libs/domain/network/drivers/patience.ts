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
  const patience = AbortSignal.timeout(timeoutMs);
  const limit = AbortSignal.any([signal, patience]);
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(limit.reason as Error);
    limit.addEventListener('abort', stop, { once: true });
  });
  try {
    limit.throwIfAborted();
    return await Promise.race([work(limit), ended]);
  } catch (error) {
    if (patience.aborted && !signal.aborted) throw networkErrors('network.device.silent', {}, { cause: error });
    throw error;
  } finally {
    if (stop) limit.removeEventListener('abort', stop);
  }
}
