import { Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
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
import { DunningPolicies, DunningTags, Holidays } from '@isp/domain/dunning';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './dunning-policy.schema.js';
import { minuteOf, presentHoliday, presentPolicy, stepOf } from './dunning.presenter.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Dunning')
@Controller('v1/dunning')
export class DunningPoliciesController {
  constructor(
    private readonly policies: DunningPolicies,
    private readonly holidays: Holidays,
    private readonly tags: DunningTags,
  ) {}

  @Get('policies')
  @Operation({
    access: 'dunning_policy.read',
    summary: 'List dunning policies',
    response: schema.policiesShape,
    example: { policies: [schema.policyExample], pagination: PAGINATION },
  })
  async listPolicies(@CurrentActor() actor: Actor, @QueryString(schema.policiesQuery) query: schema.PoliciesQuery) {
    const { state, currency } = query;
    const active = state === undefined ? undefined : state === 'active';
    const { rows, total } = await this.policies.list(actor, { active, currency }, sliceOf(query));
    return listOf('policies', rows.map(presentPolicy), total, query);
  }

  @Post('policies')
  @Operation({
    access: 'dunning_policy.manage',
    summary: 'Create a dunning policy',
    description:
      'For a partner, a plan or a tag of customers, or for everybody; of several the tag goes before the plan, the plan before ' +
      'the partner. It is for accounts of one currency. Days count from the due date of the oldest invoice that no money is there for; ' +
      'nothing but reminders happens within the days of grace. Accounts that are overdue already are looked at now.',
    status: 201,
    response: schema.policyShape,
    example: schema.policyExample,
    requestExample: schema.policyRequest,
    errors: ['conflict', 'unprocessable'],
  })
  async createPolicy(@CurrentActor() actor: Actor, @JsonBody(schema.policyBody) body: schema.PolicyBody) {
    const { currency, partner_id: partnerId, plan_id: planId, customer_tag: tag } = body;
    const policy = await this.policies.create(actor, {
      name: body.name,
      currency,
      partnerId,
      planId,
      tag,
      graceDays: body.grace_days,
      gapDays: body.gap_days,
      workingDays: body.working_days,
      fromMinute: minuteOf(body.from_time),
      untilMinute: minuteOf(body.until_time),
      calendar: body.holiday_calendar,
      reconnectionAmount: body.reconnection_fee,
      steps: body.steps.map(stepOf),
    });
    return createdAt(`/v1/dunning/policies/${policy.id}`, presentPolicy(policy));
  }

  @Get('policies/:policy_id')
  @Operation({
    access: 'dunning_policy.read',
    summary: 'Read a dunning policy',
    response: schema.policyShape,
    example: schema.policyExample,
    errors: ['not_found'],
  })
  async getPolicy(@CurrentActor() actor: Actor, @PathParam('policy_id', intId) id: number) {
    const policy = await this.policies.get(actor, id);
    return versioned(policy.version, presentPolicy(policy));
  }

  @Patch('policies/:policy_id')
  @Operation({
    access: 'dunning_policy.manage',
    summary: 'Change a dunning policy',
    description: 'A new version: cases that are open go on by theirs. Whom a policy is for does not change.',
    response: schema.policyShape,
    example: { ...schema.policyExample, version: 2, grace_days: 7 },
    requestExample: { grace_days: 7 },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changePolicy(
    @CurrentActor() actor: Actor,
    @PathParam('policy_id', intId) id: number,
    @JsonBody(schema.changePolicyBody) body: schema.ChangePolicyBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { from_time: from, until_time: until, steps } = body;
    const changes = {
      name: body.name,
      graceDays: body.grace_days,
      gapDays: body.gap_days,
      workingDays: body.working_days,
      fromMinute: from === undefined ? undefined : minuteOf(from),
      untilMinute: until === undefined ? undefined : minuteOf(until),
      calendar: body.holiday_calendar,
      reconnectionAmount: body.reconnection_fee,
      steps: steps?.map(stepOf),
    };
    const policy = await this.policies.change(actor, id, changes, ifMatch);
    return versioned(policy.version, presentPolicy(policy));
  }

  @Post('policies/:policy_id/retire')
  @Operation({
    access: 'dunning_policy.manage',
    summary: 'Retire a dunning policy',
    description: 'It opens no more cases; those that are open go on by it.',
    response: schema.policyShape,
    example: { ...schema.policyExample, retired_at: '2025-06-01T08:00:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async retirePolicy(@CurrentActor() actor: Actor, @PathParam('policy_id', intId) id: number) {
    return presentPolicy(await this.policies.retire(actor, id));
  }

  @Get('holidays')
  @Operation({
    access: 'dunning_policy.read',
    summary: 'List holidays',
    response: schema.holidaysShape,
    example: { holidays: [schema.holidayExample], pagination: PAGINATION },
  })
  async listHolidays(@CurrentActor() actor: Actor, @QueryString(schema.holidaysQuery) query: schema.HolidaysQuery) {
    const { calendar, from } = query;
    const { rows, total } = await this.holidays.list(actor, { calendar, from }, sliceOf(query));
    return listOf('holidays', rows.map(presentHoliday), total, query);
  }

  @Post('holidays')
  @Operation({
    access: 'dunning_policy.manage',
    summary: 'Add a holiday to a calendar',
    description: 'On it nobody is throttled, suspended or terminated by a policy that names the calendar.',
    status: 201,
    response: schema.holidayShape,
    example: schema.holidayExample,
    requestExample: { calendar: 'US', date: '2025-07-04', name: 'Independence Day' },
    errors: ['conflict'],
  })
  async addHoliday(@CurrentActor() actor: Actor, @JsonBody(schema.holidayBody) body: schema.HolidayBody) {
    const { calendar, date, name } = body;
    return presentHoliday(await this.holidays.add(actor, { calendar, on: date, name }));
  }

  @Delete('holidays/:holiday_id')
  @Operation({
    access: 'dunning_policy.manage',
    summary: 'Take a holiday out of its calendar',
    status: 204,
    errors: ['not_found'],
  })
  removeHoliday(@CurrentActor() actor: Actor, @PathParam('holiday_id', intId) id: number) {
    return this.holidays.remove(actor, id);
  }

  @Get('customers/:customer_id/tag')
  @Operation({
    access: 'dunning.read',
    summary: 'Show what kind of payer a customer is',
    response: schema.tagShape,
    example: { customer_id: 123, tag: 'hospital' },
    errors: ['not_found'],
  })
  async getTag(@CurrentActor() actor: Actor, @PathParam('customer_id', intId) id: number) {
    return { customer_id: id, tag: await this.tags.get(actor, id) };
  }

  @Put('customers/:customer_id/tag')
  @Operation({
    access: 'dunning.manage',
    summary: 'Say what kind of payer a customer is',
    description: 'Policies may be for a tag. A case that is open goes on by its policy; null takes the tag away.',
    response: schema.tagShape,
    example: { customer_id: 123, tag: 'hospital' },
    requestExample: { tag: 'hospital' },
    errors: ['not_found'],
  })
  async putTag(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) id: number,
    @JsonBody(schema.tagBody) { tag }: schema.TagBody,
  ) {
    await this.tags.put(actor, id, tag);
    return { customer_id: id, tag };
  }
}
