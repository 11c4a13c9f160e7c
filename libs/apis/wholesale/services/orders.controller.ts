import { Controller, Delete, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonBody, Operation, PathParam, QueryString, createdAt } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CancelOrder, ChangeLine, LineQueries, PlaceOrder } from '@isp/domain/ordering';
import { upperUuid } from '@isp/kernel';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { LineAnswers } from './line-answers.js';
import * as examples from './service.examples.js';
import * as schema from './service.schema.js';

const FULL = {
  customer: 'customer.id',
  premise: 'premise.external_reference',
  product: 'service.product_id',
  promotion: 'service.promo_code',
};
const PLAIN = { customer: 'customer_id', premise: 'premise_id', product: 'product_id', promotion: 'promo_code' };
const ASKED = 'Cancelled by the ISP.';

@ApiTags('Services')
@Controller('wholesale/services')
export class WholesaleOrdersController {
  constructor(
    private readonly place: PlaceOrder,
    private readonly change: ChangeLine,
    private readonly cancel: CancelOrder,
    private readonly lines: LineQueries,
    private readonly answers: LineAnswers,
  ) {}

  @Post('full')
  @Operation({
    access: 'service.create',
    summary: 'Order a line: customer, premise and product at once',
    description:
      'The customer is one of yours by its `id`; without one, yours with that e-mail address, or else a new one. ' +
      '`external_reference` is the `guid` of a predefined premise, `product_id` the `id` of an available product. The ' +
      'order makes its installation work order. It is refused, with the reason, where no live area covers the premise, ' +
      'where there is a service or an order already, and where the product is not sold. With an `Idempotency-Key` a ' +
      'repetition answers what the first one answered.',
    status: 201,
    response: schema.placedShape,
    example: examples.placedExample,
    requestExample: examples.fullOrderExample,
    errors: ['unprocessable'],
  })
  async orderAll(@CurrentIsp() actor: Actor, @JsonBody(schema.fullOrderBody) body: schema.FullOrderBody) {
    const { product_id: productGuid, promo_code: promoCode, isp_reference: ispReference } = body.service;
    const { order, customerGuid, premise } = await this.place.execute({
      actor,
      customer: customerOf(body.customer),
      premise: { registerGuid: body.premise.external_reference },
      productGuid,
      promoCode,
      ispReference,
      fields: FULL,
    });
    const id = upperUuid(order.serviceGuid);
    return createdAt(`/wholesale/services/${id}`, {
      customer: { id: upperUuid(customerGuid) },
      premise: { external_reference: upperUuid(premise.registerGuid) },
      service: { service_id: id },
    });
  }

  @Post()
  @Operation({
    access: 'service.create',
    summary: 'Order a line for a customer of yours',
    description: 'The answer has no body; `Location` names the new service. Refused as `POST /services/full` is.',
    status: 201,
    requestExample: examples.orderExample,
    errors: ['unprocessable'],
  })
  async order(@CurrentIsp() actor: Actor, @JsonBody(schema.orderBody) body: schema.OrderBody) {
    const { customer_id: guid, premise_id: premise, product_id: productGuid, promo_code: promoCode } = body;
    const what = { productGuid, promoCode, ispReference: body.isp_reference, fields: PLAIN };
    const { order } = await this.place.execute({ actor, customer: { guid }, premise: { guid: premise }, ...what });
    return createdAt(`/wholesale/services/${upperUuid(order.serviceGuid)}`, undefined);
  }

  @Put(':service_id')
  @Operation({
    access: 'order.update',
    summary: 'Change your reference or the WiFi of a service',
    description: "What is left out stays. The customer's equipment is told at once, and until it follows.",
    response: schema.serviceShape,
    example: { ...examples.serviceExample, isp_reference: 'ISP-4711' },
    requestExample: examples.changeServiceExample,
    errors: ['not_found', 'conflict'],
    secret: true,
  })
  async changeService(
    @CurrentIsp() actor: Actor,
    @PathParam('service_id', guidParam) guid: string,
    @JsonBody(schema.changeServiceBody) body: schema.ChangeServiceBody,
  ) {
    const { serviceId } = await this.lines.get(actor, guid);
    const { isp_reference: ispReference, wifi_username: wifiName, wifi_password: wifiPassword } = body;
    await this.change.execute({ actor, serviceId, ispReference, wifiName, wifiPassword });
    return this.answers.one(actor, guid);
  }

  @Delete(':service_id')
  @Operation({
    access: 'order.cancel',
    summary: 'Cancel an order, or end a service',
    description:
      'Undoes what was done: its work orders are cancelled, the line leaves the network, the premise is free. While the ' +
      'service is being provisioned that is called back first, and the answer still says so.',
    response: schema.serviceShape,
    example: { ...examples.serviceExample, cancelled: true, status: 'Cancelled', status_id: 7 },
    errors: ['not_found', 'conflict'],
    secret: true,
  })
  async cancelService(
    @CurrentIsp() actor: Actor,
    @PathParam('service_id', guidParam) guid: string,
    @QueryString(schema.cancelQuery) { reason = ASKED }: schema.CancelQuery,
  ) {
    const { serviceId } = await this.lines.get(actor, guid);
    await this.cancel.execute({ actor, serviceId, reason });
    return this.answers.one(actor, guid);
  }
}

function customerOf(customer: schema.FullOrderBody['customer']) {
  if ('id' in customer) return { guid: customer.id };
  const { first_name: firstName, last_name: lastName, mobile_number: phone, email, username } = customer;
  return { firstName, lastName, phone, email, username };
}
