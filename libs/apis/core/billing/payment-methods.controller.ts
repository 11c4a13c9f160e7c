import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { type PaymentMethodView, PaymentMethods } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './payment-method.schema.js';

@ApiTags('Payment methods')
@Controller('v1/billing/payment-methods')
export class PaymentMethodsController {
  constructor(private readonly methods: PaymentMethods) {}

  @Post()
  @Operation({
    access: 'payment_method.manage',
    summary: 'Keep a payment method',
    description:
      'A token that the gateway gave; the gateway says what it stands for. In a sandbox, `tok_visa`, `tok_mastercard`, ' +
      '`tok_sepa`, `tok_3ds`, `tok_late`, `tok_late_decline`, `tok_timeout`, `tok_duplicate_callback`, `tok_norefund`, ' +
      '`tok_expired`, `tok_decline_<code>` and `tok_once_<code>` do what they say; `.anything` may follow.',
    status: 201,
    response: schema.methodShape,
    example: schema.methodExample,
    requestExample: { customer_id: 123, gateway: 'sandbox', token: 'tok_visa' },
    errors: ['conflict', 'unprocessable', 'unavailable'],
  })
  async addMethod(@CurrentActor() actor: Actor, @JsonBody(schema.addMethodBody) body: schema.AddMethodBody) {
    const { customer_id: customerId, default: makeDefault, gateway, token } = body;
    const method = await this.methods.add({ actor, customerId, gateway, token, makeDefault });
    return createdAt(`/v1/billing/payment-methods/${method.id}`, present(method));
  }

  @Get()
  @Operation({
    access: 'payment_method.read',
    summary: 'List payment methods',
    response: schema.methodsShape,
    example: { payment_methods: [schema.methodExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listMethods(@CurrentActor() actor: Actor, @QueryString(schema.methodsQuery) query: schema.MethodsQuery) {
    const { customer_id: customerId, include_removed: removed } = query;
    const { rows, total } = await this.methods.list(actor, { customerId, removed }, sliceOf(query));
    return listOf('payment_methods', rows.map(present), total, query);
  }

  @Get(':payment_method_id')
  @Operation({
    access: 'payment_method.read',
    summary: 'Read a payment method',
    response: schema.methodShape,
    example: schema.methodExample,
    errors: ['not_found'],
  })
  async getMethod(@CurrentActor() actor: Actor, @PathParam('payment_method_id', intId) id: number) {
    return present(await this.methods.get(actor, id));
  }

  @Post(':payment_method_id/make-default')
  @Operation({
    access: 'payment_method.manage',
    summary: 'Charge this method from now on',
    description: 'It is charged where no other is named. A method that a bank had refused for good is tried again.',
    response: schema.methodShape,
    example: schema.methodExample,
    errors: ['not_found', 'unprocessable'],
  })
  async makeDefault(@CurrentActor() actor: Actor, @PathParam('payment_method_id', intId) id: number) {
    return present(await this.methods.makeDefault(actor, id));
  }

  @Delete(':payment_method_id')
  @Operation({
    access: 'payment_method.manage',
    summary: 'Remove a payment method',
    description: 'It is never charged again; charges that are under way go on.',
    status: 204,
    errors: ['not_found'],
  })
  async removeMethod(@CurrentActor() actor: Actor, @PathParam('payment_method_id', intId) id: number) {
    await this.methods.remove(actor, id);
  }
}

function present(method: PaymentMethodView) {
  return {
    id: method.id,
    customer_id: method.customerId,
    gateway: method.gateway,
    kind: method.kind,
    brand: method.brand,
    last_digits: method.lastDigits,
    expires_on: method.expiresOn,
    default: method.isDefault,
    refused_code: method.refusedCode,
    created_at: toIsoSeconds(method.createdAt),
    removed_at: method.removedAt && toIsoSeconds(method.removedAt),
  };
}
