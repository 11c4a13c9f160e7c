import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, PathParam, QueryString, createdAt, intId, versioned } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CancelJob, JobQueries, RetryJob } from '@isp/domain/provisioning';
import { listOf, sliceOf } from '../lists.js';
import { presentAcceptedJob, presentJob, presentJobWithSteps } from './job.presenter.js';
import * as schema from './job.schema.js';

@ApiTags('Provisioning')
@Controller('v1/provisioning/jobs')
export class JobsController {
  constructor(
    private readonly cancel: CancelJob,
    private readonly retry: RetryJob,
    private readonly jobs: JobQueries,
  ) {}

  @Get()
  @Operation({
    access: 'provisioning_job.read',
    summary: 'List provisioning jobs, newest first',
    response: schema.jobsShape,
    example: { provisioning_jobs: [schema.jobExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listJobs(@CurrentActor() actor: Actor, @QueryString(schema.jobsQuery) query: schema.JobsQuery) {
    const { service_id: serviceId, status, priority, kind, held } = query;
    const filter = { serviceId, status, priority, kind, held: held && held === 'true' };
    const { rows, total } = await this.jobs.list(actor, filter, sliceOf(query));
    return listOf('provisioning_jobs', rows.map(presentJob), total, query);
  }

  @Get(':job_id')
  @Operation({
    access: 'provisioning_job.read',
    summary: 'Read a provisioning job with its steps',
    response: schema.jobDetailShape,
    example: { ...schema.jobExample, steps: [schema.stepExample] },
    errors: ['not_found'],
  })
  async getJob(@CurrentActor() actor: Actor, @PathParam('job_id', intId) id: number) {
    const job = await this.jobs.get(actor, id);
    return versioned(job.version, presentJobWithSteps(job));
  }

  @Post(':job_id/cancel')
  @Operation({
    access: 'service.provision',
    summary: 'Take a job back',
    description:
      'At once when no worker has begun it. One that runs undoes at its next step what it did: the answer says ' +
      '`rolling_back`, and it ends as `cancelled`, `held` when that fails.',
    response: schema.jobShape,
    example: { ...schema.jobExample, status: 'cancelled' },
    errors: ['not_found', 'conflict'],
  })
  async cancelJob(@CurrentActor() actor: Actor, @PathParam('job_id', intId) id: number) {
    return presentJob(await this.cancel.execute({ actor, jobId: id }));
  }

  @Post(':job_id/retry')
  @Operation({
    access: 'service.provision',
    summary: 'Try again what failed, as a new job',
    status: 202,
    response: schema.acceptedJobShape,
    example: schema.acceptedJobExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async retryJob(@CurrentActor() actor: Actor, @PathParam('job_id', intId) id: number) {
    const job = await this.retry.execute({ actor, jobId: id });
    return createdAt(`/v1/provisioning/jobs/${job.id}`, presentAcceptedJob(job));
  }
}
