import { loadedFailPoint } from '@isp/platform/config';

/**
 * Places where a test may make the process kill itself, to prove what a crash there leaves behind. Off unless the
 * sandbox setting `ISP_FAIL_POINT` names the place.
 */
export type FailPoint =
  | 'http.before-answer'
  | 'billing.after-number'
  | 'billing.run-batch'
  | 'billing.prepaid-before-commit'
  | 'billing.before-gateway'
  | 'billing.after-gateway'
  | 'change-feed.before-confirm'
  | 'dunning.before-commit'
  | 'dunning.after-step'
  | 'premises.import-batch'
  | 'notifications.before-send'
  | 'notifications.after-send'
  | 'outages.after-list'
  | 'outages.after-credit'
  | 'work.before-wake'
  | 'work.after-take'
  | 'ordering.before-service'
  | 'ordering.before-work-order'
  | 'ordering.after-order'
  | 'ordering.after-completion'
  | 'ordering.after-cancellation'
  | 'provisioning.before-intent'
  | 'provisioning.after-intent'
  | 'provisioning.after-activate'
  // Around what a device is told in one step, or to undo it.
  | `provisioning.${'before' | 'after'}-${'step' | 'undo'}.${string}`;

export function failPoint(point: FailPoint): void {
  if (loadedFailPoint() === point) process.kill(process.pid, 'SIGKILL');
}
