import type { Priority } from '@isp/contracts';
import type { JobStatus } from './job.states.js';

/** What the order asked of the network; absent parts are chosen by the network. */
export interface ProvisioningRequest {
  readonly routerId?: number | undefined;
  readonly vlanId?: number | undefined;
  readonly ipAssignment?: string | undefined;
  readonly bandwidthProfile?: string | undefined;
}

export interface JobView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly status: JobStatus;
  readonly priority: Priority;
  readonly request: ProvisioningRequest;
  readonly scheduledAt: Date | null;
  readonly estimatedCompletion: Date;
  readonly attempts: number;
  readonly error: string | null;
  readonly retryOf: number | null;
  readonly requestedBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface StepView {
  readonly position: number;
  readonly name: string;
  readonly status: 'intended' | 'done' | 'failed';
  readonly detail: Readonly<Record<string, unknown>>;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** The columns of a view, for hand-written statements. */
export const JOB_COLUMNS = `j.id, j.partner_id AS "partnerId", j.customer_id AS "customerId", j.service_id AS "serviceId", j.status,
  j.priority, j.request, j.scheduled_at AS "scheduledAt", j.estimated_completion AS "estimatedCompletion", j.attempts,
  j.error, j.retry_of AS "retryOf", j.requested_by AS "requestedBy", j.version, j.created_at AS "createdAt",
  j.updated_at AS "updatedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`;
