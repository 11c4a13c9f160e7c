import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CheckBreaches, SlaDesk, SlaMetrics } from '@isp/domain/sla';
import { listOf, sliceOf } from '../lists.js';
import {
  presentBrokenDown,
  presentDesk,
  presentEscalation,
  presentPerformance,
  presentSweep,
} from './sla.presenter.js';
import * as schema from './sla.schema.js';

@ApiTags('SLA')
@Controller('v1/sla')
export class SlaController {
  constructor(
    private readonly sweep: CheckBreaches,
    private readonly metrics: SlaMetrics,
    private readonly desk: SlaDesk,
  ) {}

  @Post('check-breaches')
  @Operation({
    access: 'sla.manage',
    summary: 'Look at the clocks that are due, now',
    description:
      'What happens by itself every minute. Each warning and each breach is found by one of them: what an earlier sweep found is ' +
      'not found again, and is read with `GET /v1/tickets?breached=true`. `total_checked` counts the tickets to which something was ' +
      'to happen; the others are not looked at.',
    response: schema.sweepShape,
    example: schema.sweepExample,
  })
  async checkBreaches(@CurrentActor() actor: Actor) {
    return presentSweep(await this.sweep.execute(actor));
  }

  @Get('performance-metrics')
  @Operation({
    access: 'sla.read',
    summary: 'How well solutions are kept to their time',
    description:
      'Of what was decided in the days before now: a ticket that was solved in time, or one whose time was over. The figures of a ' +
      'period do not change when its tickets are changed later. One that was opened again and solved again counts again. The ' +
      'average is of solutions, in time or not, without the time in which the clock stood still; 0 where there is none.',
    response: schema.performanceShape,
    example: schema.performanceExample,
  })
  async performance(
    @CurrentActor() actor: Actor,
    @QueryString(schema.performanceQuery) query: schema.PerformanceQuery,
  ) {
    return presentPerformance(await this.metrics.performance(actor, query.period_days));
  }

  @Get('performance-metrics/breakdown')
  @Operation({
    access: 'sla.read',
    summary: 'The same by priority, category, partner or team',
    description:
      'Of solutions or of first responses. The `key` is a priority, a category’s code, a partner’s id or a team’s name.',
    response: schema.breakdownShape,
    example: schema.breakdownExample,
  })
  async breakdown(@CurrentActor() actor: Actor, @QueryString(schema.breakdownQuery) query: schema.BreakdownQuery) {
    const { by, target, period_days: days } = query;
    const rows = await this.metrics.breakdown(actor, by, target, days);
    return { by, target, period_days: days, breakdown: rows.map(presentBrokenDown) };
  }

  @Get('escalations')
  @Operation({
    access: 'sla.read',
    summary: 'List open tickets that went up a level',
    description: 'The highest level first, then who waits longest.',
    response: schema.escalationsShape,
    example: {
      escalations: [schema.escalationExample],
      pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
    },
  })
  async escalations(
    @CurrentActor() actor: Actor,
    @QueryString(schema.escalationsQuery) query: schema.EscalationsQuery,
  ) {
    const { rows, total } = await this.desk.escalations(actor, query.min_level, sliceOf(query));
    return listOf('escalations', rows.map(presentEscalation), total, query);
  }

  @Get('dashboard')
  @Operation({
    access: 'sla.read',
    summary: 'How the desk stands now',
    response: schema.dashboardShape,
    example: schema.dashboardExample,
  })
  async dashboard(@CurrentActor() actor: Actor) {
    return presentDesk(await this.desk.figures(actor));
  }
}
