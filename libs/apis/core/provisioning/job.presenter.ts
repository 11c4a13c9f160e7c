import type { JobView, JobWithSteps, StepView } from '@isp/domain/provisioning';
import { toIsoSeconds } from '@isp/kernel';

const time = (instant: Date | null): string | null => instant && toIsoSeconds(instant);

export function presentAcceptedJob(job: JobView) {
  return {
    provisioning_job_id: job.id,
    service_id: job.serviceId,
    status: job.status,
    priority: job.priority,
    estimated_completion: toIsoSeconds(job.estimatedCompletion),
    created_at: toIsoSeconds(job.createdAt),
  };
}

export function presentJob(job: JobView) {
  return {
    id: job.id,
    service_id: job.serviceId,
    customer_id: job.customerId,
    kind: job.kind,
    status: job.status,
    priority: job.priority,
    provisioning_data: {
      router_id: job.request.routerId ?? null,
      vlan_id: job.request.vlanId ?? null,
      ip_assignment: job.request.ipAssignment ?? null,
      bandwidth_profile: job.request.bandwidthProfile ?? null,
    },
    scheduled_time: time(job.scheduledAt),
    estimated_completion: toIsoSeconds(job.estimatedCompletion),
    attempts: job.attempts,
    error: job.error,
    rolling_back: job.endsAs !== null && job.finishedAt === null,
    hold: job.heldAt && { reason: job.holdReason, since: toIsoSeconds(job.heldAt) },
    retry_of: job.retryOf,
    created_at: toIsoSeconds(job.createdAt),
    updated_at: toIsoSeconds(job.updatedAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
  };
}

export function presentStep(step: StepView) {
  return {
    name: step.name,
    status: step.status,
    attempts: step.attempts,
    detail: step.detail,
    started_at: toIsoSeconds(step.startedAt),
    finished_at: time(step.finishedAt),
    seconds: step.finishedAt && (step.finishedAt.getTime() - step.startedAt.getTime()) / 1_000,
  };
}

export function presentJobWithSteps(job: JobWithSteps) {
  return { ...presentJob(job), steps: job.steps.map(presentStep) };
}
