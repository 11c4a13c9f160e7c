import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { LevelReport } from '@isp/domain/reporting';
import { presentSlaMetric } from './sla-metric.presenter.js';
import * as schema from './sla-metric.schema.js';

@ApiTags('Performance')
@Controller('operations/v1/sla-metrics')
export class OperationsSlaMetricsController {
  constructor(private readonly report: LevelReport) {}

  @Get()
  @Operation({
    access: 'service_level.read',
    summary: 'List measured service levels',
    description:
      'A row for each service and month, the newest month first; the present one as far as it has got. Unknown parameters are ' +
      'ignored. Downtime is what outages took of the time in which the service was to work, without announced maintenance. ' +
      'Fields that nobody measured or promised are left out. `credits_issued_usd` comes from credit notes, with tax, and is ' +
      'left out where they are not in US dollars.',
    response: schema.slaMetricsShape,
    example: schema.slaMetricsExample,
  })
  async getSlaMetrics(
    @CurrentActor() actor: Actor,
    @QueryString(schema.slaMetricsQuery) query: schema.SlaMetricsQuery,
  ) {
    const rows = await this.report.list(actor, { customerCode: query.customer_id, period: query.reporting_period });
    return rows.map(presentSlaMetric);
  }
}
