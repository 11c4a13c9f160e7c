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
import {
  ChangeCustomer,
  CreateCustomer,
  CustomerQueries,
  SetCustomerStatus,
  SetPortalPassword,
} from '@isp/domain/customers';
import { CloseCustomer } from '@isp/domain/services';
import { listOf, sliceOf } from '../lists.js';
import { presentCustomer } from './customer.presenter.js';
import * as schema from './customer.schema.js';

@ApiTags('Customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly create: CreateCustomer,
    private readonly change: ChangeCustomer,
    private readonly setStatus: SetCustomerStatus,
    private readonly close: CloseCustomer,
    private readonly password: SetPortalPassword,
    private readonly customers: CustomerQueries,
  ) {}

  @Post()
  @Operation({
    access: 'customer.create',
    summary: 'Sign a customer up',
    status: 201,
    response: schema.customerShape,
    example: schema.customerExample,
    requestExample: schema.createCustomerExample,
    errors: ['conflict', 'unprocessable'],
  })
  async createCustomer(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createCustomerBody) body: schema.CreateCustomerBody,
  ) {
    const { billing_address: billingAddress, partner_id: partnerId, customer_type: kind, ...rest } = body;
    const customer = await this.create.execute({ actor, ...rest, billingAddress, partnerId, kind });
    return createdAt(`/v1/customers/${customer.id}`, presentCustomer(customer));
  }

  @Get()
  @Operation({
    access: 'customer.read',
    summary: 'List customers, newest first',
    description:
      '`search` finds literal parts of name, e-mail, phone or portal id; one or two characters match beginnings of words.',
    response: schema.customersShape,
    example: { customers: [schema.customerExample], pagination: { page: 1, per_page: 25, total: 150, pages: 6 } },
  })
  async listCustomers(@CurrentActor() actor: Actor, @QueryString(schema.customersQuery) query: schema.CustomersQuery) {
    const { rows, total } = await this.customers.list(actor, { ...query, partnerId: query.partner_id }, sliceOf(query));
    return listOf('customers', rows.map(presentCustomer), total, query);
  }

  @Get(':customer_id')
  @Operation({
    access: 'customer.read',
    summary: 'Read a customer',
    response: schema.customerShape,
    example: schema.customerExample,
    errors: ['not_found'],
  })
  async getCustomer(@CurrentActor() actor: Actor, @PathParam('customer_id', intId) id: number) {
    const customer = await this.customers.get(actor, id);
    return versioned(customer.version, presentCustomer(customer));
  }

  @Patch(':customer_id')
  @Operation({
    access: 'customer.update',
    summary: 'Change a customer',
    description: 'With `If-Match`, only the version that the ETag names is changed.',
    response: schema.customerShape,
    example: schema.customerExample,
    requestExample: { phone: '+1234567891' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changeCustomer(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.changeCustomerBody) body: schema.ChangeCustomerBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { billing_address: billingAddress, customer_type: kind, support_tier: supportTier, ...rest } = body;
    const changes = { ...rest, billingAddress, kind, supportTier };
    const customer = await this.change.execute({ actor, customerId: id, changes, ifMatch });
    return versioned(customer.version, presentCustomer(customer));
  }

  @Post(':customer_id/suspend')
  @Operation({
    access: 'customer.suspend',
    summary: 'Suspend a customer',
    response: schema.customerShape,
    example: { ...schema.customerExample, status: 'suspended' },
    requestExample: { reason: 'Asked for a break' },
    errors: ['not_found', 'conflict'],
  })
  async suspendCustomer(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.reasonBody) body: schema.ReasonBody,
  ) {
    return presentCustomer(await this.setStatus.execute({ actor, customerId: id, status: 'suspended', ...body }));
  }

  @Post(':customer_id/reactivate')
  @Operation({
    access: 'customer.suspend',
    summary: 'Reactivate a suspended customer',
    response: schema.customerShape,
    example: schema.customerExample,
    requestExample: {},
    errors: ['not_found', 'conflict'],
  })
  async reactivateCustomer(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.reasonBody) body: schema.ReasonBody,
  ) {
    return presentCustomer(await this.setStatus.execute({ actor, customerId: id, status: 'active', ...body }));
  }

  @Post(':customer_id/terminate')
  @Operation({
    access: 'customer.terminate',
    summary: 'Terminate a customer for good',
    description: 'Refused while the customer has services that are not terminated.',
    response: schema.customerShape,
    example: { ...schema.customerExample, status: 'terminated' },
    requestExample: { reason: 'Moved away' },
    errors: ['not_found', 'conflict'],
  })
  async terminateCustomer(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.reasonBody) body: schema.ReasonBody,
  ) {
    return presentCustomer(await this.close.execute({ actor, customerId: id, ...body }));
  }

  @Post(':customer_id/password')
  @Operation({
    access: 'customer.set_password',
    summary: 'Give a customer a password for the portal',
    description: "The customer signs in with the portal id or the e-mail address. Ends the customer's sessions.",
    status: 204,
    requestExample: { password: 'a long pass phrase' },
    errors: ['not_found', 'conflict'],
  })
  async setPassword(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.passwordBody) body: schema.PasswordBody,
  ): Promise<void> {
    await this.password.execute({ actor, customerId: id, ...body });
  }
}
