import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CustomerReport } from '@isp/domain/reporting';
import { presentCustomer, statusOf } from './customer.presenter.js';
import * as schema from './customer.schema.js';

@ApiTags('Customer Management')
@Controller('operations/v1/customers')
export class OperationsCustomersController {
  constructor(private readonly report: CustomerReport) {}

  @Get()
  @Operation({
    access: 'customer.read',
    summary: 'List customers with their subscription',
    description:
      'Oldest first. Unknown parameters are ignored. `monthly_recurring_revenue` is the sum of the active services, ' +
      'without tax; it is left out for the rare customer whose services are in several currencies. Dates are those of ' +
      "the partner's time zone and are left out while there is none. `payment_method` is empty, and " +
      '`bandwidth_usage_percent` is left out, until they are recorded and measured.',
    response: schema.customersShape,
    example: schema.customersExample,
  })
  async getCustomers(@CurrentActor() actor: Actor, @QueryString(schema.customersQuery) query: schema.CustomersQuery) {
    const status = query.status === undefined ? undefined : statusOf(query.status);
    if (query.status !== undefined && status === undefined) return [];
    const rows = await this.report.list(actor, { status, after: query.after_id, limit: query.limit });
    return rows.map(presentCustomer);
  }
}
