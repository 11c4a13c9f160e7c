import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonBody, Operation, PathParam, QueryString, createdAt } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CustomerQueries, RegisterPortalCustomer } from '@isp/domain/customers';
import { PartnerQueries } from '@isp/domain/partners';
import { upperUuid } from '@isp/kernel';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { customerExample, signUpExample } from './customer.example.js';
import { presentCustomer } from './customer.presenter.js';
import * as schema from './customer.schema.js';

@ApiTags('Customers')
@Controller('wholesale/customers')
export class WholesaleCustomersController {
  constructor(
    private readonly register: RegisterPortalCustomer,
    private readonly customers: CustomerQueries,
    private readonly partners: PartnerQueries,
  ) {}

  @Post()
  @Operation({
    access: 'customer.create',
    summary: 'Sign a customer up',
    description:
      'The answer has no body; `Location` names the new customer. The customer can sign in to the portal with the ' +
      'password at once. An e-mail address that one of your customers has is refused: `{"email": ["is already taken"]}`.',
    status: 201,
    requestExample: signUpExample,
    errors: ['conflict'],
  })
  async signUp(@CurrentIsp() actor: Actor, @JsonBody(schema.signUpBody) { customer }: schema.SignUpBody) {
    const {
      first_name: firstName,
      last_name: lastName,
      mobile_number: phone,
      home_number: homePhone,
      ...rest
    } = customer;
    const { guid } = await this.register.execute({ actor, firstName, lastName, phone, homePhone, ...rest });
    return createdAt(`/wholesale/customers/${upperUuid(guid)}`, undefined);
  }

  @Get()
  @Operation({
    access: 'customer.read',
    summary: 'Find customers',
    description:
      'With a whole e-mail address in `q` the answer is that one customer, or 404. Any other `q` is looked for in names, ' +
      'e-mail addresses, phone numbers and portal ids and answers a page, newest first; an empty one finds everybody. ' +
      'The `count` of a page says how many items it has.',
    response: schema.customerOrPageShape,
    example: customerExample,
    errors: ['not_found'],
  })
  async find(@CurrentIsp() actor: Actor, @QueryString(schema.customersQuery) query: schema.CustomersQuery) {
    const owner = await this.partners.get(actor, actor.partnerId);
    if (schema.isEmailAddress(query.q))
      return presentCustomer(await this.customers.getByEmail(actor, query.q.trim()), owner);
    const { rows, total } = await this.customers.list(actor, { search: query.q }, sliceOf(query));
    return pageOfItems(
      rows.map((customer) => presentCustomer(customer, owner)),
      total,
      query,
    );
  }

  @Get(':customer_id')
  @Operation({
    access: 'customer.read',
    summary: 'Read a customer',
    description: 'The id is a GUID in upper or lower case.',
    response: schema.customerShape,
    example: customerExample,
    errors: ['not_found'],
  })
  async read(@CurrentIsp() actor: Actor, @PathParam('customer_id', guidParam) guid: string) {
    const owner = await this.partners.get(actor, actor.partnerId);
    return presentCustomer(await this.customers.getByGuid(actor, guid), owner);
  }
}
