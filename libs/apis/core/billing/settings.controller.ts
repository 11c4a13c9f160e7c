import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { PlanPolicies, type PlanPolicyView, type TaxRateView, TaxRates } from '@isp/domain/billing';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './settings.schema.js';

@ApiTags('Billing settings')
@Controller('v1')
export class BillingSettingsController {
  constructor(
    private readonly rates: TaxRates,
    private readonly policies: PlanPolicies,
  ) {}

  @Get('billing/tax-rates')
  @Operation({
    access: 'tax.read',
    summary: 'List tax rates',
    response: schema.taxRatesShape,
    example: { tax_rates: [schema.taxRateExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listRates(@CurrentActor() actor: Actor, @QueryString(schema.taxRatesQuery) query: schema.TaxRatesQuery) {
    const { rows, total } = await this.rates.list(actor, query.region, sliceOf(query));
    return listOf('tax_rates', rows.map(presentRate), total, query);
  }

  @Post('billing/tax-rates')
  @Operation({
    access: 'tax.manage',
    summary: 'Add a tax rate',
    description:
      'It holds for accounts of its region, from a day on. Several codes add up; a rate for one type of service goes before the ' +
      'general one of its code. Accounts without a region pay the percentage of each plan.',
    status: 201,
    response: schema.taxRateShape,
    example: schema.taxRateExample,
    requestExample: { region: 'ZA', code: 'vat', name: 'VAT', percent: 15, from: '2018-04-01' },
    errors: ['conflict', 'unprocessable'],
  })
  async addRate(@CurrentActor() actor: Actor, @JsonBody(schema.taxRateBody) body: schema.TaxRateBody) {
    const { service_type: serviceType, ...rest } = body;
    return presentRate(await this.rates.add(actor, { serviceType, ...rest }));
  }

  @Post('billing/tax-rates/:tax_rate_id/end')
  @Operation({
    access: 'tax.manage',
    summary: 'Let a tax rate end',
    description: '`on` is the first day on which it does not hold. A new rate is a new row.',
    response: schema.taxRateShape,
    example: { ...schema.taxRateExample, until: '2026-04-01' },
    requestExample: { on: '2026-04-01' },
    errors: ['not_found', 'unprocessable'],
  })
  async endRate(
    @CurrentActor() actor: Actor,
    @PathParam('tax_rate_id', intId) id: number,
    @JsonBody(schema.endTaxRateBody) { on }: schema.EndTaxRateBody,
  ) {
    return presentRate(await this.rates.end(actor, id, on));
  }

  @Get('plans/:plan_id/billing-policy')
  @Operation({
    access: 'plan.read',
    summary: 'Show what a plan’s price means for parts of a period',
    response: schema.policyShape,
    example: schema.policyExample,
    errors: ['not_found'],
  })
  async getPolicy(@CurrentActor() actor: Actor, @PathParam('plan_id', intId) planId: number) {
    return presentPolicy(await this.policies.get(actor, planId));
  }

  @Patch('plans/:plan_id/billing-policy')
  @Operation({
    access: 'plan.manage',
    summary: 'Change what a plan’s price means for parts of a period',
    description:
      'For the periods that begin today (UTC) or later. `overage_amount` is the price of 10⁹ bytes above the plan’s data limit, ' +
      'charged when the period is over; null: usage is free.',
    response: schema.policyShape,
    example: { ...schema.policyExample, from: '2025-01-29', upgrade: 'next_period' },
    requestExample: { upgrade: 'next_period' },
    errors: ['not_found'],
  })
  async changePolicy(
    @CurrentActor() actor: Actor,
    @PathParam('plan_id', intId) planId: number,
    @JsonBody(schema.policyBody) body: schema.PolicyBody,
  ) {
    const { early_termination: earlyTermination, overage_amount: overageAmount, ...rest } = body;
    return presentPolicy(await this.policies.put(actor, planId, { earlyTermination, overageAmount, ...rest }));
  }
}

function presentRate({ id, region, code, name, serviceType, percent, inclusive, from, until }: TaxRateView) {
  return { id, region, code, name, service_type: serviceType, percent: Number(percent), inclusive, from, until };
}

function presentPolicy({ planId, fromOn, earlyTermination, overageAmount, ...policy }: PlanPolicyView) {
  const { start, upgrade, downgrade, pause, suspension, termination } = policy;
  const rest = { start, upgrade, downgrade, pause, suspension, termination };
  const overage = overageAmount === null ? null : Number(overageAmount);
  return { plan_id: planId, from: fromOn, ...rest, early_termination: earlyTermination, overage_amount: overage };
}
