import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CorrectOutage, NoticeQueries, OpenOutage, OutageQueries } from '@isp/domain/outages';
import { listOf, sliceOf } from '../lists.js';
import { type PageQuery, pageQuery } from '../network/node.schema.js';
import * as present from './outage.presenter.js';
import * as schema from './outage.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Outages')
@Controller('v1')
export class OutagesController {
  constructor(
    private readonly outages: OutageQueries,
    private readonly open: OpenOutage,
    private readonly correct: CorrectOutage,
    private readonly notices: NoticeQueries,
  ) {}

  @Get('outages')
  @Operation({
    access: 'outage.read',
    summary: 'List outages',
    description:
      'Customers and resellers see those that reach a service of theirs. `from` and `to`: outages that lasted at some time ' +
      'between them.',
    response: schema.outagesShape,
    example: { outages: [schema.outageExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.outagesQuery) query: schema.OutagesQuery) {
    const { status, device_id: deviceId, node_id: nodeId, service_id: serviceId, from, to } = query;
    const filter = { status, deviceId, nodeId, serviceId, from, to };
    const { rows, total } = await this.outages.list(actor, filter, sliceOf(query));
    const shown = rows.map((row) => present.presentOutage(actor, row));
    return listOf('outages', shown, total, query);
  }

  @Post('outages')
  @Operation({
    access: 'outage.manage',
    summary: 'Open an outage that no poller sees',
    description:
      'A device or a node. The services behind it are looked up, its ticket is opened and each customer is told, as with ' +
      'those that monitoring finds. It lasts until it is given an end.',
    status: 201,
    response: schema.outageShape,
    example: { ...schema.outageExample, origin: 'person', title: 'A digger cut the fibre', opened_by: 'user:12' },
    requestExample: { device_id: 3, title: 'A digger cut the fibre', started_at: '2025-01-29T10:28:12Z' },
    errors: ['conflict', 'unprocessable'],
  })
  async openOutage(@CurrentActor() actor: Actor, @JsonBody(schema.openOutageBody) body: schema.OpenOutageBody) {
    const { device_id: deviceId = null, node_id: nodeId = null, title, started_at: startedAt } = body;
    const outage = await this.open.execute({ actor, place: { deviceId, nodeId }, title, startedAt });
    return createdAt(`/v1/outages/${outage.id}`, present.presentOutage(actor, outage));
  }

  @Get('outages/:outage_id')
  @Operation({
    access: 'outage.read',
    summary: 'Read an outage',
    response: schema.outageShape,
    example: schema.outageExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('outage_id', intId) id: number) {
    return present.presentOutage(actor, await this.outages.get(actor, id));
  }

  @Post('outages/:outage_id/correct')
  @Operation({
    access: 'outage.manage',
    summary: 'Correct the times of an outage',
    description:
      'An end that is given to one that lasts ends it. What it was, who changed it and why stays on record; the months ' +
      'that it touches are measured anew, and credits follow by the difference.',
    response: schema.outageShape,
    example: { ...schema.outageExample, status: 'resolved', ended_at: '2025-01-29T12:15:00Z' },
    requestExample: { ended_at: '2025-01-29T12:15:00Z', reason: 'The field team was on site until then' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async correctOutage(
    @CurrentActor() actor: Actor,
    @PathParam('outage_id', intId) outageId: number,
    @JsonBody(schema.correctOutageBody) body: schema.CorrectOutageBody,
  ) {
    const { started_at: startedAt, ended_at: endedAt, reason } = body;
    return present.presentOutage(actor, await this.correct.execute({ actor, outageId, startedAt, endedAt, reason }));
  }

  @Post('outages/:outage_id/cancel')
  @Operation({
    access: 'outage.manage',
    summary: 'Say that an outage was none',
    description: 'It counts for nothing any more; what was credited for it is taken back.',
    response: schema.outageShape,
    example: { ...schema.outageExample, status: 'cancelled' },
    requestExample: { reason: 'The management network was down, customers were not' },
    errors: ['not_found', 'conflict'],
  })
  async cancelOutage(
    @CurrentActor() actor: Actor,
    @PathParam('outage_id', intId) outageId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return present.presentOutage(actor, await this.correct.execute({ actor, outageId, cancel: true, reason }));
  }

  @Get('outages/:outage_id/services')
  @Operation({
    access: 'outage.read',
    summary: 'List the services that an outage reaches',
    response: schema.affectedListShape,
    example: { services: [{ service_id: 456, customer_id: 123, partner_id: 1 }], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listServices(
    @CurrentActor() actor: Actor,
    @PathParam('outage_id', intId) id: number,
    @QueryString(pageQuery) query: PageQuery,
  ) {
    const { rows, total } = await this.outages.services(actor, id, sliceOf(query));
    return listOf('services', rows.map(present.presentAffected), total, query);
  }

  @Get('outages/:outage_id/corrections')
  @Operation({
    access: 'outage.read',
    summary: 'List who corrected an outage, when and why',
    response: schema.correctionsShape,
    example: { corrections: [schema.correctionExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listCorrections(
    @CurrentActor() actor: Actor,
    @PathParam('outage_id', intId) id: number,
    @QueryString(pageQuery) query: PageQuery,
  ) {
    const { rows, total } = await this.outages.corrections(actor, id, sliceOf(query));
    const shown = rows.map((row) => present.presentCorrection(actor, row));
    return listOf('corrections', shown, total, query);
  }

  @Get('notices')
  @Operation({
    access: 'outage.read',
    summary: 'List what customers were told of outages and maintenance, newest first',
    response: schema.noticesShape,
    example: { notices: [schema.noticeExample], pagination: PAGINATION },
  })
  async listNotices(@CurrentActor() actor: Actor, @QueryString(schema.noticesQuery) query: schema.NoticesQuery) {
    const { customer_id: customerId, subject, subject_id: subjectId } = query;
    const { rows, total } = await this.notices.list(actor, { customerId, subject, subjectId }, sliceOf(query));
    return listOf('notices', rows.map(present.presentNotice), total, query);
  }
}
