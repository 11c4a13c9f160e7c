import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** The id that ties an HTTP request to its log lines, audit entries, jobs and webhooks; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return storage.getStore();
}

/** Runs `work` under a request id: that of the HTTP request, or the one stored with the job. */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return storage.run(requestId, work);
}
