import { networkErrors } from '../network.errors.js';

/** A device that says nothing for so long is silent. */
const DEVICE_TIMEOUT_MS = 15_000;

/** Waits for a device as long as a device may take, or until the run is over. @throws `network.device.silent` */
export async function patiently<T>(signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(DEVICE_TIMEOUT_MS);
  try {
    return await work(AbortSignal.any([signal, patience]));
  } catch (error) {
    if (patience.aborted && !signal.aborted) throw networkErrors('network.device.silent', {}, { cause: error });
    throw error;
  }
}
