import { Controller, Get, Post, Put } from '@nestjs/common';
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
import { SlaCalendars, SlaPolicies } from '@isp/domain/tickets';
import { listOf, sliceOf } from '../lists.js';
import { presentCalendar, presentPolicy } from './sla.presenter.js';
import * as schema from './sla.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('SLA')
@Controller('v1/sla')
export class SlaSettingsController {
  constructor(
    private readonly policies: SlaPolicies,
    private readonly calendars: SlaCalendars,
  ) {}

  @Get('policies')
  @Operation({
    access: 'sla.read',
    summary: 'List SLA policies',
    response: schema.policiesShape,
    example: { policies: [schema.policyExample], pagination: PAGINATION },
  })
  async listPolicies(@CurrentActor() actor: Actor, @QueryString(schema.policiesQuery) query: schema.PoliciesQuery) {
    const { rows, total } = await this.policies.list(actor, query.status, sliceOf(query));
    return listOf('policies', rows.map(presentPolicy), total, query);
  }

  @Post('policies')
  @Operation({
    access: 'sla.manage',
    summary: 'Add an SLA policy',
    description:
      'For customers of a support tier, services of a plan, both or (null) all of them; the closest fit holds for a new ticket: plan ' +
      'and tier, then plan, then tier. Minutes count in the hours of the calendar, or around the clock. A warning comes when ' +
      '`warn_percent` of a target is used up; `escalations` follow a breach, by the clock on the wall.',
    status: 201,
    response: schema.policyShape,
    example: schema.policyExample,
    requestExample: schema.newPolicyExample,
    errors: ['conflict', 'unprocessable'],
  })
  async addPolicy(@CurrentActor() actor: Actor, @JsonBody(schema.policyBody) body: schema.PolicyBody) {
    const { support_tier: supportTier, plan_id: planId, ...terms } = body;
    const made = await this.policies.add(actor, { supportTier, planId, ...termsOf(terms) });
    return createdAt(`/v1/sla/policies/${made.id}`, presentPolicy(made));
  }

  @Get('policies/:policy_id')
  @Operation({
    access: 'sla.read',
    summary: 'Read an SLA policy',
    response: schema.policyShape,
    example: schema.policyExample,
    errors: ['not_found'],
  })
  async readPolicy(@CurrentActor() actor: Actor, @PathParam('policy_id', intId) id: number) {
    const policy = await this.policies.get(actor, id);
    return versioned(policy.version, presentPolicy(policy));
  }

  @Put('policies/:policy_id')
  @Operation({
    access: 'sla.manage',
    summary: 'Change an SLA policy',
    description: 'As a new version, for the tickets that are opened from now on; the others keep theirs.',
    response: schema.policyShape,
    example: { ...schema.policyExample, version: 2 },
    requestExample: schema.changePolicyExample,
    errors: ['not_found', 'precondition_failed', 'unprocessable'],
  })
  async changePolicy(
    @CurrentActor() actor: Actor,
    @PathParam('policy_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changePolicyBody) body: schema.ChangePolicyBody,
  ) {
    const policy = await this.policies.change(actor, id, ifMatch, termsOf(body));
    return versioned(policy.version, presentPolicy(policy));
  }

  @Get('policies/:policy_id/versions')
  @Operation({
    access: 'sla.read',
    summary: 'Every version of an SLA policy, newest first',
    response: schema.versionsShape,
    example: { versions: [schema.policyExample] },
    errors: ['not_found'],
  })
  async policyVersions(@CurrentActor() actor: Actor, @PathParam('policy_id', intId) id: number) {
    return { versions: (await this.policies.versions(actor, id)).map(presentPolicy) };
  }

  @Post('policies/:policy_id/retire')
  @Operation({
    access: 'sla.manage',
    summary: 'Open no more tickets under an SLA policy',
    description: 'The one for everybody else stays.',
    response: schema.policyShape,
    example: { ...schema.policyExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retirePolicy(@CurrentActor() actor: Actor, @PathParam('policy_id', intId) id: number) {
    return presentPolicy(await this.policies.retire(actor, id));
  }

  @Get('calendars')
  @Operation({
    access: 'sla.read',
    summary: 'List the calendars of working hours',
    response: schema.calendarsShape,
    example: { calendars: [schema.calendarExample], pagination: PAGINATION },
  })
  async listCalendars(@CurrentActor() actor: Actor, @QueryString(schema.calendarsQuery) query: schema.CalendarsQuery) {
    const { rows, total } = await this.calendars.list(actor, sliceOf(query));
    return listOf('calendars', rows.map(presentCalendar), total, query);
  }

  @Post('calendars')
  @Operation({
    access: 'sla.manage',
    summary: 'Add a calendar',
    description:
      'Hours are those of the clock on the wall of its zone, also on days on which clocks are put forward or back.',
    status: 201,
    response: schema.calendarShape,
    example: schema.calendarExample,
    requestExample: schema.newCalendarExample,
    errors: ['conflict'],
  })
  async addCalendar(@CurrentActor() actor: Actor, @JsonBody(schema.calendarBody) body: schema.CalendarBody) {
    const { time_zone: timeZone, ...rest } = body;
    const made = await this.calendars.add(actor, { timeZone, ...rest });
    return createdAt(`/v1/sla/calendars/${made.id}`, presentCalendar(made));
  }

  @Get('calendars/:calendar_id')
  @Operation({
    access: 'sla.read',
    summary: 'Read a calendar',
    response: schema.calendarShape,
    example: schema.calendarExample,
    errors: ['not_found'],
  })
  async readCalendar(@CurrentActor() actor: Actor, @PathParam('calendar_id', intId) id: number) {
    const calendar = await this.calendars.get(actor, id);
    return versioned(calendar.version, presentCalendar(calendar));
  }

  @Put('calendars/:calendar_id')
  @Operation({
    access: 'sla.manage',
    summary: 'Change a calendar',
    description: 'As a new version, for the tickets that are opened from now on; the others keep theirs.',
    response: schema.calendarShape,
    example: { ...schema.calendarExample, version: 2 },
    requestExample: schema.newCalendarExample,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changeCalendar(
    @CurrentActor() actor: Actor,
    @PathParam('calendar_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.calendarBody) body: schema.CalendarBody,
  ) {
    const { time_zone: timeZone, ...rest } = body;
    const calendar = await this.calendars.change(actor, id, ifMatch, { timeZone, ...rest });
    return versioned(calendar.version, presentCalendar(calendar));
  }
}

function termsOf({ calendar_id: calendarId, warn_percent: warnPercent, ...rest }: schema.ChangePolicyBody) {
  return { calendarId, warnPercent, ...rest };
}
