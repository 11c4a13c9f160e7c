import { defineStates } from '@isp/kernel';

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'dead' | 'cancelled';

/** A job never goes back: trying again is a new job. */
export const jobStates = defineStates<JobStatus>({
  initial: 'queued',
  transitions: {
    queued: ['running', 'cancelled', 'failed', 'dead'],
    running: ['succeeded', 'failed', 'dead', 'cancelled'],
    succeeded: [],
    failed: [],
    dead: [],
    cancelled: [],
  },
});
