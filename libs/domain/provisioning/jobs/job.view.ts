import type { Priority } from '@isp/contracts';
import type { JobKind } from '../saga/definitions.js';
import type { StepStatus } from '../saga/saga.js';
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
  readonly kind: JobKind;
  readonly status: JobStatus;
  readonly priority: Priority;
  readonly request: ProvisioningRequest;
  readonly scheduledAt: Date | null;
  readonly estimatedCompletion: Date;
  readonly attempts: number;
  readonly error: string | null;
  /** Set once the job goes back: what it ends as. */
  readonly endsAs: 'failed' | 'cancelled' | null;
  /** Why it waits for a person, and since when; a finished job that left a device in doubt is held too. */
  readonly holdReason: string | null;
  readonly heldAt: Date | null;
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
  readonly status: StepStatus;
  readonly attempts: number;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** The columns of a view, for hand-written statements. */
export const JOB_COLUMNS = `j.id, j.partner_id AS "partnerId", j.customer_id AS "customerId", j.service_id AS "serviceId", j.kind, j.status,
  j.priority, j.request, j.scheduled_at AS "scheduledAt", j.estimated_completion AS "estimatedCompletion", j.attempts,
  j.error, j.ends_as AS "endsAs", j.hold_reason AS "holdReason", j.held_at AS "heldAt", j.retry_of AS "retryOf", j.requested_by AS "requestedBy", j.version, j.created_at AS "createdAt",
  j.updated_at AS "updatedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`;

export const STEP_COLUMNS = `s.position, s.name, s.status, s.attempts, s.detail, s.started_at AS "startedAt", s.finished_at AS "finishedAt"`;
