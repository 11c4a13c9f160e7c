import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  type ImaginedChange,
  type OneOffCharge,
  OneOffCharges,
  type RetailPromotion,
  RetailPromotions,
  WhatIf,
} from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as account from './billing-account.schema.js';
import { presentDiscount } from './billing-account.presenter.js';
import * as schema from './charge.schema.js';
import { presentPreview } from './invoice.presenter.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Billing accounts')
@Controller('v1/billing')
export class ChargesController {
  constructor(
    private readonly charges: OneOffCharges,
    private readonly promotions: RetailPromotions,
    private readonly whatIf: WhatIf,
  ) {}

  @Get('accounts/:account_id/charges')
  @Operation({
    access: 'billing_account.read',
    summary: 'List the one-off charges of an account',
    response: schema.chargesShape,
    example: { charges: [schema.chargeExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listCharges(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @QueryString(account.pageQuery) query: account.PageQuery,
  ) {
    const { rows, total } = await this.charges.list(actor, accountId, sliceOf(query));
    return listOf('charges', rows.map(presentCharge), total, query);
  }

  @Post('accounts/:account_id/charges')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Charge something once',
    description:
      'It is on the first invoice that is made on its day (today by default) or later, with the taxes of that day. A negative ' +
      'amount is given back.',
    status: 201,
    response: schema.chargeShape,
    example: schema.chargeExample,
    requestExample: { description: 'Technician, second visit', service_id: 456, quantity: 1.5, unit_amount: 60 },
    errors: ['not_found', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async addCharge(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.chargeBody) body: schema.ChargeBody,
  ) {
    const { service_id: serviceId, unit_amount: unitAmount, ...rest } = body;
    return presentCharge(await this.charges.add(actor, accountId, { serviceId, unitAmount, ...rest }));
  }

  @Post('accounts/:account_id/charges/:charge_id/cancel')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Cancel a one-off charge',
    description: 'Where it was invoiced, the next invoice takes it back.',
    response: schema.chargeShape,
    example: { ...schema.chargeExample, cancelled_at: '2025-01-30T08:00:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async cancelCharge(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @PathParam('charge_id', intId) id: number,
  ) {
    return presentCharge(await this.charges.cancel(actor, accountId, id));
  }

  @Post('accounts/:account_id/what-if')
  @Operation({
    access: 'invoice.read',
    summary: 'Show what a change would do to the next invoice',
    description:
      'A change of plan, an end or another service, from the beginning of a day on (`on`; today by default). The first invoice ' +
      'on that day or after it, without and with the change; nothing is written.',
    response: schema.whatIfShape,
    example: schema.whatIfExample,
    requestExample: { on: '2025-02-15', change: { kind: 'change_plan', service_id: 456, plan_id: 2 } },
    errors: ['not_found', 'unprocessable'],
  })
  async askWhatIf(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.whatIfBody) { on, change }: schema.WhatIfBody,
  ) {
    const answer = await this.whatIf.execute({ actor, accountId, on, change: changeOf(change) });
    return {
      without: presentPreview(answer.without),
      with: presentPreview(answer.withChange),
      difference: answer.difference.toJsonNumber(),
    };
  }

  @Post('accounts/:account_id/promotions')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Redeem a promotion code',
    description:
      'It becomes a discount of the account from today on, for its months; each account redeems a code once.',
    status: 201,
    response: account.discountShape,
    example: account.discountExample,
    requestExample: { code: 'SPRING25' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async redeem(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.redeemBody) { code, service_id: serviceId }: schema.RedeemBody,
  ) {
    return presentDiscount(await this.promotions.redeem(actor, accountId, code, serviceId));
  }

  @Get('promotions')
  @Operation({
    access: 'promotion.read',
    summary: 'List promotion codes',
    response: schema.promotionsShape,
    example: { promotions: [schema.promotionExample], pagination: PAGINATION },
  })
  async listPromotions(
    @CurrentActor() actor: Actor,
    @QueryString(schema.promotionsQuery) query: schema.PromotionsQuery,
  ) {
    const { rows, total } = await this.promotions.list(actor, query.code?.toUpperCase(), sliceOf(query));
    return listOf('promotions', rows.map(presentPromotion), total, query);
  }

  @Post('promotions')
  @Operation({
    access: 'promotion.manage',
    summary: 'Make a promotion code',
    description:
      'A percentage, or an amount a month with its currency, off the recurring charges of the account, or of one service where ' +
      'it is for one plan; for so many months from the day on which it is redeemed.',
    status: 201,
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: { code: 'SPRING25', name: 'Half price in spring', percent: 50, months: 3, from: '2025-03-01' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async addPromotion(@CurrentActor() actor: Actor, @JsonBody(schema.promotionBody) body: schema.PromotionBody) {
    const { monthly_amount: monthlyAmount, plan_id: planId, most_redemptions: mostRedemptions, ...rest } = body;
    return presentPromotion(await this.promotions.add(actor, { monthlyAmount, planId, mostRedemptions, ...rest }));
  }

  @Post('promotions/:promotion_id/end')
  @Operation({
    access: 'promotion.manage',
    summary: 'Let a promotion code end',
    description: 'From that day on nobody redeems it; discounts that were granted go on.',
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: { on: '2025-06-01' },
    errors: ['not_found', 'unprocessable'],
  })
  async endPromotion(
    @CurrentActor() actor: Actor,
    @PathParam('promotion_id', intId) id: number,
    @JsonBody(account.endBody) { on }: account.EndBody,
  ) {
    return presentPromotion(await this.promotions.end(actor, id, on));
  }
}

function changeOf(change: schema.WhatIfBody['change']): ImaginedChange {
  switch (change.kind) {
    case 'change_plan':
      return { kind: change.kind, serviceId: change.service_id, planId: change.plan_id };
    case 'cancel':
      return { kind: change.kind, serviceId: change.service_id };
    case 'add':
      return { kind: change.kind, planId: change.plan_id };
  }
}

function presentCharge(charge: OneOffCharge) {
  return {
    id: charge.id,
    account_id: charge.accountId,
    service_id: charge.serviceId,
    description: charge.description,
    quantity: Number(charge.quantity),
    unit_amount: Number(charge.unitAmount),
    on: charge.on,
    invoice_id: charge.invoiceId,
    created_by: charge.createdBy,
    created_at: toIsoSeconds(charge.createdAt),
    cancelled_at: charge.cancelledAt && toIsoSeconds(charge.cancelledAt),
  };
}

function presentPromotion({ percent, monthlyAmount, planId, mostRedemptions, ...promotion }: RetailPromotion) {
  const { id, code, name, currency, months, from, until, redemptions } = promotion;
  const off = {
    percent: percent === null ? null : Number(percent),
    monthly_amount: monthlyAmount === null ? null : Number(monthlyAmount),
  };
  const rest = { plan_id: planId, from, until, most_redemptions: mostRedemptions, redemptions };
  return { id, code, name, ...off, currency, months, ...rest };
}
