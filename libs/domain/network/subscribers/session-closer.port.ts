/** Ends every session of a service, wherever it runs: an extension point for whoever knows the sessions. */
export interface SessionCloser {
  /**
   * May be repeated after a crash; `stepKey` is the same on every repetition.
   * Answers how many were ended; undefined when there are some and nobody can end them.
   * @throws `network.device.silent`, `network.device.refused`
   */
  endAll(serviceId: number, stepKey: string, signal: AbortSignal): Promise<number | undefined>;
}

export const SESSION_CLOSER = Symbol('SessionCloser');
