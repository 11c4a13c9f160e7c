import { loadedFailPoint } from '@isp/platform/config';

/**
 * Places where a test may make the process kill itself, to prove what a crash there leaves behind. Off unless the
 * sandbox setting `ISP_FAIL_POINT` names the place.
 */
export type FailPoint =
  | 'http.before-answer'
  | 'change-feed.before-confirm'
  | 'work.before-wake'
  | 'work.after-take'
  | 'ordering.before-service'
  | 'ordering.before-work-order'
  | 'ordering.after-order'
  | 'ordering.after-completion'
  | 'ordering.after-cancellation'
  | 'provisioning.before-intent'
  | 'provisioning.after-intent'
  | 'provisioning.after-apply'
  | 'provisioning.after-read-back'
  | 'provisioning.after-activate'
  | 'provisioning.after-undo-intent'
  | 'provisioning.after-undo';

export function failPoint(point: FailPoint): void {
  if (loadedFailPoint() === point) process.kill(process.pid, 'SIGKILL');
}
