import type { JobView, StepView } from '@isp/domain/provisioning';
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
    retry_of: job.retryOf,
    created_at: toIsoSeconds(job.createdAt),
    updated_at: toIsoSeconds(job.updatedAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
  };
}

export function presentJobWithSteps(job: JobView & { readonly steps: readonly StepView[] }) {
  const steps = job.steps.map((step) => ({
    name: step.name,
    status: step.status,
    detail: step.detail,
    started_at: toIsoSeconds(step.startedAt),
    finished_at: time(step.finishedAt),
  }));
  return { ...presentJob(job), steps };
}
