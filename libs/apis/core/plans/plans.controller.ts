import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ChangePlan, CreatePlan, PlanQueries, RetirePlan } from '@isp/domain/catalog';
import { listOf, sliceOf } from '../lists.js';
import { presentPlan } from './plan.presenter.js';
import * as schema from './plan.schema.js';

@ApiTags('Plans')
@Controller('v1/plans')
export class PlansController {
  constructor(
    private readonly create: CreatePlan,
    private readonly change: ChangePlan,
    private readonly retire: RetirePlan,
    private readonly plans: PlanQueries,
  ) {}

  @Get()
  @Operation({
    access: 'plan.read',
    summary: 'List plans',
    response: schema.plansShape,
    example: { plans: [schema.planExample], pagination: { page: 1, per_page: 25, total: 8, pages: 1 } },
  })
  async listPlans(@CurrentActor() actor: Actor, @QueryString(schema.plansQuery) query: schema.PlansQuery) {
    const { rows, total } = await this.plans.list(actor, { ...query, serviceType: query.service_type }, sliceOf(query));
    return listOf('plans', rows.map(presentPlan), total, query);
  }

  @Get(':plan_id')
  @Operation({
    access: 'plan.read',
    summary: 'Read a plan',
    response: schema.planShape,
    example: schema.planExample,
    errors: ['not_found'],
  })
  async getPlan(@CurrentActor() actor: Actor, @PathParam('plan_id', intId) id: number) {
    const plan = await this.plans.get(actor, id);
    return versioned(plan.version, presentPlan(plan));
  }

  @Post()
  @Operation({
    access: 'plan.manage',
    summary: 'Put a plan on sale',
    status: 201,
    response: schema.planShape,
    example: schema.planExample,
    requestExample: schema.createPlanExample,
    errors: ['conflict'],
  })
  async createPlan(@CurrentActor() actor: Actor, @JsonBody(schema.createPlanBody) body: schema.CreatePlanBody) {
    const { sku, service_type: serviceType, ...rest } = body;
    const plan = await this.create.execute({
      actor,
      sku,
      serviceType,
      ...valuesOf(rest),
      name: rest.name,
      category: rest.category,
      monthlyAmount: rest.monthly_fee,
    });
    return createdAt(`/v1/plans/${plan.id}`, presentPlan(plan));
  }

  @Patch(':plan_id')
  @Operation({
    access: 'plan.manage',
    summary: 'Change what future orders of a plan get',
    response: schema.planShape,
    example: schema.planExample,
    requestExample: { monthly_fee: 74.99 },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changePlan(
    @CurrentActor() actor: Actor,
    @PathParam('plan_id', intId) id: number,
    @JsonBody(schema.changePlanBody) body: schema.ChangePlanBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const plan = await this.change.execute({ actor, planId: id, changes: valuesOf(body), ifMatch });
    return versioned(plan.version, presentPlan(plan));
  }

  @Post(':plan_id/retire')
  @Operation({
    access: 'plan.manage',
    summary: 'Take a plan off sale for good',
    description: 'Services that were sold on it go on unchanged.',
    response: schema.planShape,
    example: { ...schema.planExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retirePlan(@CurrentActor() actor: Actor, @PathParam('plan_id', intId) id: number) {
    return presentPlan(await this.retire.execute({ actor, planId: id }));
  }
}

/** The given fields in the domain's words; what was not given stays out. */
function valuesOf(body: schema.ChangePlanBody | Omit<schema.CreatePlanBody, 'sku' | 'service_type'>) {
  const values = {
    name: body.name,
    description: body.description,
    category: body.category,
    downloadMbps: body.speed_download_mbps,
    uploadMbps: body.speed_upload_mbps,
    dataLimitGb: body.data_limit_gb,
    monthlyAmount: body.monthly_fee,
    activationAmount: body.activation_fee,
    currency: body.currency,
    contractMonths: body.contract_months,
    slaUptimePercent: body.sla_uptime_percent?.toString(),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof typeof values]?: Exclude<(typeof values)[K], undefined>;
  };
}
