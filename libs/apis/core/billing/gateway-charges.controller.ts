import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AccountQueries, ChargeQueries, type ChargeView, RequestCharge, SetAutopay } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { presentAccount } from './billing-account.presenter.js';
import { accountExample, accountShape } from './billing-account.schema.js';
import * as schema from './gateway-charge.schema.js';
import { amountOf } from './money.js';

@ApiTags('Charges')
@Controller('v1/billing')
export class GatewayChargesController {
  constructor(
    private readonly accounts: AccountQueries,
    private readonly charges: ChargeQueries,
    private readonly request: RequestCharge,
    private readonly autopay: SetAutopay,
  ) {}

  @Post('charges')
  @Operation({
    access: 'payment.charge',
    summary: 'Charge what is due to a payment method',
    description:
      'Accepted: the outcome follows, also when the gateway does not answer at once (`unknown` until it is found out, never ' +
      'charged a second time). `requires_action`: its holder takes a step at `action_url`. What another charge is under ' +
      'way for is not charged again.',
    status: 202,
    response: schema.chargeShape,
    example: schema.chargeExample,
    requestExample: { customer_id: 123, invoice_ids: [789] },
    errors: ['conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async charge(@CurrentActor() actor: Actor, @JsonBody(schema.chargeBody) body: schema.ChargeBody) {
    const { customer_id: customerId, account_id: wanted, invoice_ids: invoiceIds, amount } = body;
    const accountId = await this.accounts.idFor(actor, customerId, wanted);
    const what = { purpose: 'invoices', invoiceIds, amount, paymentMethodId: body.payment_method_id } as const;
    return accepted(await this.request.execute({ actor, accountId, ...what }));
  }

  @Post('top-ups')
  @Operation({
    access: 'payment.charge',
    summary: 'Top an account up from a payment method',
    description: 'A charge like any other. It pays what is open; the rest is the account’s credit and pays what comes.',
    status: 202,
    response: schema.chargeShape,
    example: { ...schema.chargeExample, purpose: 'top_up', invoice_ids: [], amount: 50 },
    requestExample: { customer_id: 123, amount: 50 },
    errors: ['conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async topUp(@CurrentActor() actor: Actor, @JsonBody(schema.topUpBody) body: schema.TopUpBody) {
    const { customer_id: customerId, account_id: wanted, amount, payment_method_id: paymentMethodId } = body;
    const accountId = await this.accounts.idFor(actor, customerId, wanted);
    return accepted(await this.request.execute({ actor, accountId, purpose: 'top_up', amount, paymentMethodId }));
  }

  @Get('charges')
  @Operation({
    access: 'payment.read',
    summary: 'List charges, newest first',
    response: schema.chargesShape,
    example: { charges: [schema.chargeExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listCharges(@CurrentActor() actor: Actor, @QueryString(schema.chargesQuery) query: schema.ChargesQuery) {
    const { customer_id: customerId, account_id: accountId, status } = query;
    const { rows, total } = await this.charges.list(actor, { customerId, accountId, status }, sliceOf(query));
    return listOf('charges', rows.map(present), total, query);
  }

  @Get('charges/:charge_id')
  @Operation({
    access: 'payment.read',
    summary: 'Read a charge',
    response: schema.chargeShape,
    example: schema.chargeExample,
    errors: ['not_found'],
  })
  async getCharge(@CurrentActor() actor: Actor, @PathParam('charge_id', intId) id: number) {
    return present(await this.charges.get(actor, id));
  }

  @Post('accounts/:account_id/autopay')
  @Operation({
    access: 'payment.charge',
    summary: 'Charge what is due by itself, or stop doing so',
    description:
      'On its due date an invoice is charged to the customer’s default method; a refusal that may pass is repeated as the ' +
      'decline codes say.',
    response: accountShape,
    example: { ...accountExample, autopay: true },
    requestExample: { enabled: true },
    errors: ['not_found'],
  })
  async setAutopay(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.autopayBody) { enabled }: schema.AutopayBody,
  ) {
    return presentAccount(await this.autopay.execute(actor, accountId, enabled));
  }
}

const accepted = (charge: ChargeView) => createdAt(`/v1/billing/charges/${charge.id}`, present(charge));

function present(charge: ChargeView) {
  return {
    id: charge.id,
    customer_id: charge.customerId,
    account_id: charge.accountId,
    payment_method_id: charge.paymentMethodId,
    gateway: charge.gateway,
    purpose: charge.purpose,
    invoice_ids: charge.invoiceIds,
    excess_payment_ids: charge.excessOfIds,
    amount: amountOf(charge.amount, charge.currency),
    currency: charge.currency,
    status: charge.status,
    reference: charge.reference,
    action_url: charge.actionUrl,
    code: charge.code,
    automatic: charge.automatic,
    attempt: charge.attempt,
    retry_of_id: charge.retryOfId,
    retry_at: charge.retryAt && toIsoSeconds(charge.retryAt),
    payment_id: charge.paymentId,
    created_at: toIsoSeconds(charge.createdAt),
    finished_at: charge.finishedAt && toIsoSeconds(charge.finishedAt),
  };
}
