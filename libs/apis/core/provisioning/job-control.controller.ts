import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { HoldJob, ReleaseJob, RequestMove, RescheduleJob, ResolveStep, RollBackJob } from '@isp/domain/provisioning';
import { provisionExample } from '../services/service.examples.js';
import { provisionBody, type ProvisionBody } from '../services/service.schema.js';
import { presentAcceptedJob, presentJob } from './job.presenter.js';
import * as schema from './job.schema.js';

@ApiTags('Provisioning')
@Controller('v1')
export class JobControlController {
  constructor(
    private readonly hold: HoldJob,
    private readonly release: ReleaseJob,
    private readonly resolve: ResolveStep,
    private readonly reschedule: RescheduleJob,
    private readonly rollBack: RollBackJob,
    private readonly move: RequestMove,
  ) {}

  @Post('provisioning/jobs/:job_id/hold')
  @Operation({
    access: 'provisioning_job.manage',
    summary: 'Hold a job for a person',
    description: 'A job that waits stops at once, one that runs at its next step. Its status stays what it was.',
    response: schema.jobShape,
    example: schema.heldJobExample,
    requestExample: { reason: 'Waiting for the splicer' },
    errors: ['not_found', 'conflict'],
  })
  async holdJob(
    @CurrentActor() actor: Actor,
    @PathParam('job_id', intId) id: number,
    @JsonBody(schema.holdBody) { reason }: schema.HoldBody,
  ) {
    return presentJob(await this.hold.execute({ actor, jobId: id, reason }));
  }

  @Post('provisioning/jobs/:job_id/release')
  @Operation({
    access: 'provisioning_job.manage',
    summary: 'Let a held job go on where it stood',
    response: schema.jobShape,
    example: { ...schema.heldJobExample, hold: null },
    errors: ['not_found', 'conflict'],
  })
  async releaseJob(@CurrentActor() actor: Actor, @PathParam('job_id', intId) id: number) {
    return presentJob(await this.release.execute({ actor, jobId: id }));
  }

  @Post('provisioning/jobs/:job_id/resolve')
  @Operation({
    access: 'provisioning_job.manage',
    summary: 'Declare a step of a held job done by hand',
    description:
      '`step` is the one that the job waits for; of a job that goes back, it counts as undone. The job then goes on. ' +
      'The note is kept with the step and in the audit trail.',
    response: schema.jobShape,
    example: { ...schema.heldJobExample, hold: null },
    requestExample: { step: 'router', note: 'Configured over the console' },
    errors: ['not_found', 'conflict'],
  })
  async resolveStep(
    @CurrentActor() actor: Actor,
    @PathParam('job_id', intId) id: number,
    @JsonBody(schema.resolveBody) body: schema.ResolveBody,
  ) {
    return presentJob(await this.resolve.execute({ actor, jobId: id, ...body }));
  }

  @Post('provisioning/jobs/:job_id/reschedule')
  @Operation({
    access: 'service.provision',
    summary: 'Give a job that has not begun another start',
    response: schema.jobShape,
    example: { ...schema.jobExample, status: 'queued', scheduled_time: '2025-02-02T09:00:00Z' },
    requestExample: { scheduled_time: '2099-02-02T09:00:00Z' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async rescheduleJob(
    @CurrentActor() actor: Actor,
    @PathParam('job_id', intId) id: number,
    @JsonBody(schema.rescheduleBody) body: schema.RescheduleBody,
  ) {
    return presentJob(await this.reschedule.execute({ actor, jobId: id, scheduledTime: body.scheduled_time }));
  }

  @Post('provisioning/jobs/:job_id/rollback')
  @Operation({
    access: 'provisioning_job.manage',
    summary: 'Undo what a held job left on the network',
    description:
      'A job that is not over goes back itself; for one that is (`dead`, held because its device is in doubt) a new job ' +
      'takes the service off the network. The answer is the job that does it.',
    status: 202,
    response: schema.acceptedJobShape,
    example: schema.acceptedJobExample,
    errors: ['not_found', 'conflict'],
  })
  async rollBackJob(@CurrentActor() actor: Actor, @PathParam('job_id', intId) id: number) {
    const job = await this.rollBack.execute({ actor, jobId: id });
    return createdAt(`/v1/provisioning/jobs/${job.id}`, presentAcceptedJob(job));
  }

  @Post('services/:service_id/move')
  @Operation({
    access: 'service.provision',
    summary: 'Take a service that works to another router, VLAN, address or bandwidth profile',
    description:
      'What `provisioning_data` leaves out stays as it is; on another router any free address is taken. The new place ' +
      'works before the old one is cleared, and a move that fails is undone.',
    status: 202,
    response: schema.acceptedJobShape,
    example: schema.acceptedJobExample,
    requestExample: provisionExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async moveService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(provisionBody) { provisioning_data: data, priority, scheduled_time: scheduledTime }: ProvisionBody,
  ) {
    const request = {
      routerId: data.router_id,
      vlanId: data.vlan_id,
      ipAssignment: data.ip_assignment,
      bandwidthProfile: data.bandwidth_profile,
    };
    const job = await this.move.execute({ actor, serviceId, request, priority, scheduledTime });
    return createdAt(`/v1/provisioning/jobs/${job.id}`, presentAcceptedJob(job));
  }
}
