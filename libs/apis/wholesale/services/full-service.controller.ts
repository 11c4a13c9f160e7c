import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CustomerQueries } from '@isp/domain/customers';
import { LineQueries } from '@isp/domain/ordering';
import { PartnerQueries } from '@isp/domain/partners';
import { PremiseQueries } from '@isp/domain/premises';
import { WorkOrderQueries } from '@isp/domain/work-orders';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { presentFullService } from './full-service.presenter.js';
import { LineAnswers } from './line-answers.js';
import { fullServiceExample } from './service.examples.js';
import { fullServiceShape } from './service.schema.js';

const LATEST = { limit: 100, offset: 0 };

@ApiTags('Services')
@Controller('wholesale/services')
export class WholesaleFullServiceController {
  constructor(
    private readonly answers: LineAnswers,
    private readonly lines: LineQueries,
    private readonly customers: CustomerQueries,
    private readonly premises: PremiseQueries,
    private readonly workOrders: WorkOrderQueries,
    private readonly partners: PartnerQueries,
  ) {}

  @Get(':service_id/full')
  @Operation({
    access: 'service.read',
    summary: 'Read a service with its customer, its premise and its work orders',
    response: fullServiceShape,
    example: fullServiceExample,
    errors: ['not_found'],
    secret: true,
  })
  async read(@CurrentIsp() actor: Actor, @PathParam('service_id', guidParam) guid: string) {
    const line = await this.lines.get(actor, guid);
    const { serviceId, customerGuid, premiseGuid } = line;
    const [owner, service, customer, premise, { rows: workOrders }] = await Promise.all([
      this.partners.get(actor, actor.partnerId),
      this.answers.whole(actor, line),
      this.customers.getByGuid(actor, customerGuid),
      premiseGuid === null ? undefined : this.premises.get(actor, premiseGuid),
      this.workOrders.list(actor, { serviceId }, LATEST),
    ]);
    return presentFullService(service, { customer, premise, workOrders }, owner);
  }
}
