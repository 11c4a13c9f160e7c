import { defineErrors } from '@isp/kernel';

export const threadErrors = defineErrors({
  'platform.thread.busy': { kind: 'unavailable', message: 'Too much waits for the same work. Try again shortly.' },
  'platform.thread.slow': { kind: 'timeout', message: 'The work was not done within {limit} ms and was given up.' },
  'platform.thread.ended': { kind: 'unavailable', message: 'The work was interrupted. Try again shortly.' },
});
