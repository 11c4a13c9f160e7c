import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  PauseService,
  ReactivateService,
  ResumeService,
  ServiceHistoryQueries,
  SuspendService,
  TerminateService,
} from '@isp/domain/services';
import { listOf, sliceOf } from '../lists.js';
import { presentChanged, presentHistory } from './service-change.presenter.js';
import * as schema from './service-change.schema.js';
import { activeExample, suspendedExample } from './service.examples.js';
import { presentService } from './service.presenter.js';
import { serviceShape } from './service.schema.js';

@ApiTags('Services')
@Controller('v1/services/:service_id')
export class ServiceStatesController {
  constructor(
    private readonly suspend: SuspendService,
    private readonly reactivate: ReactivateService,
    private readonly pause: PauseService,
    private readonly resume: ResumeService,
    private readonly terminate: TerminateService,
    private readonly history: ServiceHistoryQueries,
  ) {}

  @Post('suspend')
  @Operation({
    access: 'service.suspend',
    summary: 'Suspend a service',
    description:
      'Causes are a set: the service works again when the last of them is gone. In the walled garden the operator’s ' +
      'own pages stay in reach; without it the line is closed. A bundle takes its parts with it.',
    response: serviceShape,
    example: suspendedExample,
    requestExample: { reason: 'Asked for a break', walled_garden: true },
    errors: ['not_found', 'conflict'],
  })
  async suspendService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.suspendBody) { cause, reason, walled_garden: walledGarden }: schema.SuspendBody,
  ) {
    return presentService(await this.suspend.execute({ actor, serviceId, cause, reason, walledGarden }));
  }

  @Post('reactivate')
  @Operation({
    access: 'service.suspend',
    summary: 'Take a cause of suspension away',
    description:
      'Without `cause`, the only one there is. The answer shows in `suspended_for` what is left; the service works ' +
      'again when nothing is. A suspension of the customer or of the bundle ends with it.',
    response: serviceShape,
    example: activeExample,
    requestExample: { cause: 'payment', reason: 'Paid' },
    errors: ['not_found', 'conflict'],
  })
  async reactivateService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.reactivateBody) body: schema.ReactivateBody,
  ) {
    return presentService(await this.reactivate.execute({ actor, serviceId, ...body }));
  }

  @Post('pause')
  @Operation({
    access: 'service.suspend',
    summary: 'Suspend a service between two days',
    description:
      'Days are those of the partner’s time zone and begin at its midnight. The service is suspended on `from` (at once ' +
      'without it) and resumes by itself on `until`.',
    response: schema.changedShape,
    example: schema.changedAs('pause', { until: '2025-03-01T00:00:00.000Z' }, suspendedExample),
    requestExample: { from: '2099-07-01', until: '2099-08-01', reason: 'Holiday' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async pauseService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.pauseBody) body: schema.PauseBody,
  ) {
    return presentChanged(await this.pause.execute({ actor, serviceId, ...body }));
  }

  @Post('resume')
  @Operation({
    access: 'service.suspend',
    summary: 'End a pause before its time, or take back one that has not begun',
    response: serviceShape,
    example: activeExample,
    requestExample: {},
    errors: ['not_found', 'conflict'],
  })
  async resumeService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.resumeBody) { reason }: schema.ResumeBody,
  ) {
    return presentService(await this.resume.execute({ actor, serviceId, reason }));
  }

  @Post('terminate')
  @Operation({
    access: 'service.terminate',
    summary: 'End a service for good',
    description:
      '`date` is the last day of the service, in the partner’s time zone; without it the service ends at once. A bundle ' +
      'ends with its parts, a part cannot end alone. What was scheduled is cancelled.',
    response: schema.changedShape,
    example: schema.changedAs(
      'terminate',
      {},
      {
        ...activeExample,
        status: 'terminated',
        operational_status: 'stopped',
        terminated_at: '2025-02-10T10:30:00Z',
      },
    ),
    requestExample: { reason: 'Moved away' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async terminateService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.terminateBody) { date: lastDay, reason }: schema.TerminateBody,
  ) {
    return presentChanged(await this.terminate.execute({ actor, serviceId, lastDay, reason }));
  }

  @Get('history')
  @Operation({
    access: 'service.read',
    summary: 'Every state that a service has been in, newest first',
    description: '`axis`: `status` is the commercial state, `operational_status` what the network does.',
    response: schema.historyShape,
    example: { history: [schema.historyExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async listHistory(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.historyQuery) query: schema.HistoryQuery,
  ) {
    const { rows, total } = await this.history.list(actor, serviceId, query, sliceOf(query));
    return listOf('history', rows.map(presentHistory), total, query);
  }
}
