import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CustomerQueries } from '@isp/domain/customers';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { LineAnswers } from './line-answers.js';
import * as examples from './service.examples.js';
import * as schema from './service.schema.js';
import { serviceStatusOf } from '../words.js';

@ApiTags('Services')
@Controller('wholesale')
export class WholesaleServicesController {
  constructor(
    private readonly answers: LineAnswers,
    private readonly customers: CustomerQueries,
  ) {}

  @Get('services')
  @Operation({
    access: 'service.read',
    summary: 'List services, newest first',
    description:
      '`q` is a whole serial number of an ONT, your own reference, or the reference of a work order; `premise` the id of ' +
      'a premise.',
    response: schema.listedServicesShape,
    example: examples.listedServicesExample,
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.servicesQuery) query: schema.ServicesQuery) {
    const { status, premise, q, page, page_size: count } = query;
    const search = q?.trim() === '' ? undefined : q?.trim();
    const known = status === undefined ? undefined : serviceStatusOf(status);
    const filter = { status: known, premiseGuid: premise, search };
    const { items, total } = await this.answers.listed(actor, filter, sliceOf({ page, count }));
    return pageOfItems(items, total, { page, count });
  }

  @Get('services/:service_id')
  @Operation({
    access: 'service.read',
    summary: 'Read a service',
    description:
      'Passwords are shown to callers with the permission `credential.reveal`, and that they were shown is on record. ' +
      'They are null until the service is provisioned (PPPoE), or where there is no such equipment (WiFi).',
    response: schema.serviceShape,
    example: examples.serviceExample,
    errors: ['not_found'],
    secret: true,
  })
  read(@CurrentIsp() actor: Actor, @PathParam('service_id', guidParam) guid: string) {
    return this.answers.one(actor, guid);
  }

  @Get('customers/:customer_id/services')
  @Operation({
    access: 'service.read',
    summary: "Read a customer's services",
    response: schema.customerServicesShape,
    example: examples.customerServicesExample,
    errors: ['not_found'],
    secret: true,
  })
  async ofCustomer(
    @CurrentIsp() actor: Actor,
    @PathParam('customer_id', guidParam) guid: string,
    @QueryString(schema.customerServicesQuery) query: schema.CustomerServicesQuery,
  ) {
    await this.customers.getByGuid(actor, guid);
    return this.answers.allOf(actor, guid, sliceOf(query));
  }
}
