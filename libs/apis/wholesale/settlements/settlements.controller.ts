import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { SettlementQueries } from '@isp/domain/settlement';
import { CurrentIsp } from '../caller.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { presentLine, presentSettlement } from './settlement.presenter.js';
import * as schema from './settlement.schema.js';

@ApiTags('Settlements')
@Controller('wholesale/settlements')
export class WholesaleSettlementsController {
  constructor(private readonly settlements: SettlementQueries) {}

  @Get()
  @Operation({
    access: 'settlement.read',
    summary: 'List your settlements',
    description: 'The latest month first.',
    response: schema.settlementsShape,
    example: { items: [schema.settlementExample], page: 1, count: 1, total: 1 },
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.settlementsQuery) query: schema.SettlementsQuery) {
    const { rows, total } = await this.settlements.list(actor, actor.partnerId, sliceOf(query));
    return pageOfItems(rows.map(presentSettlement), total, query);
  }

  @Get(':month')
  @Operation({
    access: 'settlement.read',
    summary: 'Read the settlement of a month',
    description:
      'What you owe for the lines of a month (`YYYY-MM`), with a page of its lines under `items`. Days begin and end in ' +
      'your time zone; a day costs what the line cost when the day ended.',
    response: schema.settlementShape,
    example: schema.settlementWithLinesExample,
    errors: ['not_found'],
  })
  async read(
    @CurrentIsp() actor: Actor,
    @PathParam('month', schema.month) month: string,
    @QueryString(schema.settlementsQuery) query: schema.SettlementsQuery,
  ) {
    const { settlement, lines } = await this.settlements.withLines(actor, actor.partnerId, month, sliceOf(query));
    const items = lines.map((line) => presentLine(line, month));
    return { ...presentSettlement(settlement), ...pageOfItems(items, settlement.lineCount, query) };
  }
}
