import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  CancelServiceChange,
  ChangeServicePlan,
  RelocateService,
  ServiceChangeQueries,
  SetStaticAddress,
} from '@isp/domain/services';
import { listOf, sliceOf } from '../lists.js';
import { presentChange, presentChanged, presentPreview } from './service-change.presenter.js';
import * as schema from './service-change.schema.js';
import { activeExample } from './service.examples.js';
import { presentService } from './service.presenter.js';
import { serviceShape } from './service.schema.js';

const PRORATION =
  'A period is the calendar month in the partner’s time zone and is divided by days, today included: credit and charge ' +
  'are the monthly prices times days left over days in the period, each rounded half-up to the currency; net is charge ' +
  'less credit. At the end of the period nothing is prorated.';

@ApiTags('Services')
@Controller('v1/services/:service_id')
export class ServiceChangesController {
  constructor(
    private readonly changePlan: ChangeServicePlan,
    private readonly relocate: RelocateService,
    private readonly staticAddress: SetStaticAddress,
    private readonly cancel: CancelServiceChange,
    private readonly changes: ServiceChangeQueries,
  ) {}

  @Post('change-plan/preview')
  @Operation({
    access: 'service.update',
    summary: 'What a change of plan would mean; changes nothing',
    description: PRORATION,
    response: schema.previewShape,
    example: schema.previewExample,
    requestExample: { plan_id: 2, when: 'now' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async previewPlanChange(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.previewPlanBody) { plan_id: planId, when }: schema.PreviewPlanBody,
  ) {
    return presentPreview(await this.changePlan.preview({ actor, serviceId, planId, when }));
  }

  @Post('change-plan')
  @Operation({
    access: 'service.update',
    summary: 'Move a service to another plan',
    description:
      'At once, or at the end of the calendar month in the partner’s time zone (`period_end`): then the change is ' +
      'scheduled, at the price and the speeds of this moment, and can be cancelled until it is carried out.',
    response: schema.changedShape,
    example: schema.changedExample,
    requestExample: { plan_id: 2, when: 'period_end' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async changeServicePlan(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.changePlanBody) { plan_id: planId, when, reason }: schema.ChangePlanBody,
  ) {
    return presentChanged(await this.changePlan.execute({ actor, serviceId, planId, when, reason }));
  }

  @Post('relocate')
  @Operation({
    access: 'service.update',
    summary: 'Move a service to another place',
    description: 'On the morning of `date` in the partner’s time zone, or at once. A bundle moves with its parts.',
    response: schema.changedShape,
    example: schema.changedAs('relocate', { installation_address: activeExample.installation_address }, activeExample),
    requestExample: { installation_address: activeExample.installation_address },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async relocateService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.relocateBody) { installation_address: installationAddress, date, reason }: schema.RelocateBody,
  ) {
    return presentChanged(await this.relocate.execute({ actor, serviceId, installationAddress, date, reason }));
  }

  @Post('static-ip')
  @Operation({
    access: 'service.update',
    summary: 'Give an internet service a static address, or take it away',
    description:
      'Without `address` it is the one that the service has at this moment. `static_address` is reserved for it with ' +
      'this answer. Of a service that is not on the network yet it is null: the address that it is provisioned with ' +
      'becomes its own then. A move to another router (`POST …/move`) changes it, and says so by `service.changed`.',
    response: serviceShape,
    example: { ...activeExample, static_ip: true, static_address: '192.0.2.10' },
    requestExample: { enabled: true, address: '192.0.2.10' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async setStaticIp(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.staticIpBody) body: schema.StaticIpBody,
  ) {
    return presentService(await this.staticAddress.execute({ actor, serviceId, ...body }));
  }

  @Get('changes')
  @Operation({
    access: 'service.read',
    summary: 'The changes of a service, done and to come, newest first',
    response: schema.changesShape,
    example: { changes: [schema.changeExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async listChanges(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.changesQuery) query: schema.ChangesQuery,
  ) {
    const { rows, total } = await this.changes.list(actor, serviceId, query, sliceOf(query));
    return listOf('changes', rows.map(presentChange), total, query);
  }

  @Post('changes/:change_id/cancel')
  @Operation({
    access: 'service.update',
    summary: 'Take back a change that has not been carried out',
    description: 'A pause is taken back together with its end.',
    response: schema.changeShape,
    example: { ...schema.changeExample, status: 'cancelled', finished_at: '2025-02-11T08:00:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async cancelChange(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @PathParam('change_id', intId) changeId: number,
  ) {
    return presentChange(await this.cancel.execute({ actor, serviceId, changeId }));
  }
}
