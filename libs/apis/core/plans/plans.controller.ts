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
import { presentPlan, presentPlanVersion } from './plan.presenter.js';
import { valuesOf } from './plan.values.js';
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
    const { service_type: serviceType, sold_on: soldOn, ...rest } = query;
    const { rows, total } = await this.plans.list(actor, { ...rest, serviceType, soldOn }, sliceOf(query));
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
    return versioned(plan.revision, presentPlan(plan));
  }

  @Get(':plan_id/versions')
  @Operation({
    access: 'plan.read',
    summary: 'List the versions of a plan',
    description: 'What the plan has offered, newest first. Services keep the version that they were sold.',
    response: schema.planVersionsShape,
    example: { versions: [schema.planVersionExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async listVersions(
    @CurrentActor() actor: Actor,
    @PathParam('plan_id', intId) id: number,
    @QueryString(schema.planVersionsQuery) query: schema.PlanVersionsQuery,
  ) {
    const { rows, total } = await this.plans.versions(actor, id, sliceOf(query));
    return listOf('versions', rows.map(presentPlanVersion), total, query);
  }

  @Get(':plan_id/versions/:version')
  @Operation({
    access: 'plan.read',
    summary: 'Read one version of a plan',
    response: schema.planVersionShape,
    example: schema.planVersionExample,
    errors: ['not_found'],
  })
  async getVersion(
    @CurrentActor() actor: Actor,
    @PathParam('plan_id', intId) id: number,
    @PathParam('version', schema.versionNumber) version: number,
  ) {
    return presentPlanVersion(await this.plans.version(actor, id, version));
  }

  @Post()
  @Operation({
    access: 'plan.manage',
    summary: 'Put a plan on sale',
    description: 'A bundle names the plans that it is made of under `parts`, and has a price of its own.',
    status: 201,
    response: schema.planShape,
    example: schema.planExample,
    requestExample: schema.createPlanExample,
    errors: ['conflict', 'unprocessable'],
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
    description:
      'A change of what the plan offers makes a new version; services keep theirs. `voice` and `parts` replace the whole of what was there.',
    response: schema.planShape,
    example: schema.planExample,
    requestExample: { monthly_fee: 74.99 },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changePlan(
    @CurrentActor() actor: Actor,
    @PathParam('plan_id', intId) id: number,
    @JsonBody(schema.changePlanBody) body: schema.ChangePlanBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const plan = await this.change.execute({ actor, planId: id, changes: valuesOf(body), ifMatch });
    return versioned(plan.revision, presentPlan(plan));
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
