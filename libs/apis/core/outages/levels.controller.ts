import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { LevelQueries, LevelTerms, ServiceHealth } from '@isp/domain/outages';
import { listOf, sliceOf } from '../lists.js';
import * as present from './level.presenter.js';
import * as schema from './level.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Service levels')
@Controller('v1')
export class LevelsController {
  constructor(
    private readonly levels: LevelQueries,
    private readonly terms: LevelTerms,
    private readonly health: ServiceHealth,
  ) {}

  @Get('services/:service_id/health')
  @Operation({
    access: 'outage.read',
    summary: 'Say how a service is',
    description:
      'What we know of it: an outage or maintenance that reaches it, its session, the last readings of its equipment. ' +
      '`offline`: nothing of ours is known to be wrong, and it has no session; `unknown`: nobody looks.',
    response: schema.healthShape,
    example: schema.healthExample,
    errors: ['not_found'],
  })
  async getHealth(@CurrentActor() actor: Actor, @PathParam('service_id', intId) serviceId: number) {
    return present.presentHealth(actor, await this.health.of(actor, serviceId));
  }

  @Get('service-levels')
  @Operation({
    access: 'service_level.read',
    summary: 'List measured service levels, the newest month first',
    description: 'A month of a service each, in the time zone of its partner. What was not measured is null.',
    response: schema.levelsShape,
    example: { service_levels: [schema.levelExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.levelsQuery) query: schema.LevelsQuery) {
    const { customer_id: customerId, service_id: serviceId, period, met } = query;
    const filter = { customerId, serviceId, period, met: met && met === 'true' };
    const { rows, total } = await this.levels.list(actor, filter, sliceOf(query));
    return listOf('service_levels', rows.map(present.presentLevel), total, query);
  }

  @Get('service-levels/:level_id')
  @Operation({
    access: 'service_level.read',
    summary: 'Read a measured service level',
    response: schema.levelShape,
    example: schema.levelExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('level_id', intId) id: number) {
    return present.presentLevel(await this.levels.get(actor, id));
  }

  @Get('service-levels/:level_id/proof')
  @Operation({
    access: 'service_level.read',
    summary: 'Prove a measured service level and its credit',
    description:
      'What it was computed from, computed again now and compared with what is stored, with the documents that credit it.',
    response: schema.levelProofShape,
    example: schema.levelProofExample,
    errors: ['not_found', 'conflict'],
  })
  async prove(@CurrentActor() actor: Actor, @PathParam('level_id', intId) id: number) {
    return present.presentProof(await this.levels.prove(actor, id));
  }

  @Get('service-level-terms')
  @Operation({
    access: 'service_level.read',
    summary: 'List what is promised, and what a broken promise is worth',
    description: 'The newest first. The promised share of time is the plan’s own `sla_uptime_percent`.',
    response: schema.termsListShape,
    example: { terms: [schema.termsExample], pagination: PAGINATION },
  })
  async listTerms(@CurrentActor() actor: Actor, @QueryString(schema.termsQuery) query: schema.TermsQuery) {
    const { rows, total } = await this.terms.list(actor, query.plan_id, sliceOf(query));
    return listOf('terms', rows.map(present.presentTerms), total, query);
  }

  @Post('service-level-terms')
  @Operation({
    access: 'service_level.manage',
    summary: 'Promise, from a day on',
    description:
      'A month is measured by the terms that held on its first day. Terms are never changed: later ones replace them.',
    status: 201,
    response: schema.termsShape,
    example: schema.termsExample,
    requestExample: schema.termsRequestExample,
    errors: ['conflict', 'unprocessable'],
  })
  async addTerms(@CurrentActor() actor: Actor, @JsonBody(schema.termsBody) body: schema.TermsBody) {
    const terms = await this.terms.add(actor, {
      planId: body.plan_id,
      from: body.from,
      latencyMs: body.latency_ms,
      packetLossPercent: body.packet_loss_percent,
      creditPercent: String(body.credit_percent),
      creditMinutes: body.credit_minutes,
      creditUnit: body.credit_unit,
      creditCapPercent: String(body.credit_cap_percent),
      creditWhen: body.credit_when,
    });
    return createdAt('/v1/service-level-terms', present.presentTerms(terms));
  }
}
