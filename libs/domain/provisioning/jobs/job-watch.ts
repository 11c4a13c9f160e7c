import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { WakeListener } from '@isp/platform/work';
import { JobQueries, type JobWithSteps } from './job.queries.js';

const POLL_MS = 500;
/** Wake-ups come with all accepted work of the installation; looking more often than this helps nobody. */
const LEAST_MS = 100;

type Watcher = (job: JobWithSteps) => void;

/**
 * Tells of jobs as they change, whichever process changes them: one look at all watched jobs per turn, woken by the
 * wake-up that accepted work sends, and by itself twice a second. Without watchers it does nothing.
 */
@Injectable()
export class JobWatch implements OnApplicationShutdown {
  private readonly watchers = new Map<number, Set<Watcher>>();
  private running: Promise<void> | undefined;
  private listening = false;
  private stopped = false;

  constructor(
    private readonly jobs: JobQueries,
    private readonly listener: WakeListener,
  ) {}

  /** Calls `watcher` with every look at the job until the answered function is called. The caller may see the job. */
  watch(jobId: number, watcher: Watcher): () => void {
    const watchers = this.watchers.get(jobId) ?? new Set();
    this.watchers.set(jobId, watchers.add(watcher));
    if (!this.listening) void this.listener.start();
    this.listening = true;
    this.running ??= this.loop().finally(() => (this.running = undefined));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(jobId) === watchers) this.watchers.delete(jobId);
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.listener.wakeLocally();
    await this.running;
    await this.listener.stop();
  }

  private async loop(): Promise<void> {
    while (this.watchers.size > 0 && !this.stopped) {
      // A database that is away is nothing to tell: the next look finds what happened meanwhile.
      const seen = await this.jobs.snapshots([...this.watchers.keys()]).catch((): JobWithSteps[] => []);
      for (const job of seen) for (const watcher of this.watchers.get(job.id) ?? []) watcher(job);
      await sleep(LEAST_MS);
      if (this.watchers.size > 0 && !this.stopped) await this.listener.woken(POLL_MS);
    }
  }
}
