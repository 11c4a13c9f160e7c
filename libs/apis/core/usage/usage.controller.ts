import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { BandwidthQueries, RestoreUsage, ThrottlingQueries, UsageQueries, UsageReport } from '@isp/domain/usage';
import { z } from 'zod';
import { listOf, sliceOf } from '../lists.js';
import { usageChart } from './usage-chart.js';
import * as examples from './usage.examples.js';
import * as present from './usage.presenter.js';
import * as schema from './usage.schema.js';

const DAYS =
  '`from` and `to` are days of the partner’s time zone, both included; without them the month so far. Bytes are numbers, ' +
  'exact up to 2^53 (9 PB).';
const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };
/** The picture is looked at by whoever may, runs nothing and loads nothing. */
const PICTURE = {
  'content-type': 'image/svg+xml; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'cache-control': 'private, max-age=60',
};
const BYTES_PER_GB = 1_000_000_000;

@ApiTags('Usage')
@Controller('v1')
export class UsageController {
  constructor(
    private readonly usage: UsageQueries,
    private readonly report: UsageReport,
    private readonly bandwidth: BandwidthQueries,
    private readonly throttling: ThrottlingQueries,
    private readonly restoreUsage: RestoreUsage,
  ) {}

  @Get('services/:service_id/usage')
  @Operation({
    access: 'usage.read',
    summary: 'Show how much a service carried, by day or month',
    description: `${DAYS} At most 400 days; days without traffic are rows of zeros. IPv4 is the whole less IPv6.`,
    response: schema.serviceUsageShape,
    example: examples.serviceUsageExample,
    errors: ['not_found', 'unprocessable'],
  })
  async ofService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.usageQuery) { granularity, ...asked }: schema.UsageQuery,
  ) {
    return present.presentServiceUsage(serviceId, await this.usage.ofService(actor, serviceId, asked, granularity));
  }

  @Get('services/:service_id/usage/chart.svg')
  @Operation({
    access: 'usage.read',
    summary: 'Draw how much a service carried, by day or month',
    description:
      `A picture (SVG) of what \`GET /v1/services/{service_id}/usage\` answers, for portals and mails. ${DAYS} ` +
      '`theme`: its colours; `auto` follows the reader’s system.',
    contentType: 'image/svg+xml',
    response: z.string(),
    example: examples.chartExample,
    errors: ['not_found', 'unprocessable'],
  })
  async drawServiceUsage(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.chartQuery) { granularity, theme, ...asked }: schema.ChartQuery,
  ) {
    const view = await this.usage.ofService(actor, serviceId, asked, granularity);
    return new Answer(usageChart(`Usage of service ${serviceId}`, view, theme), PICTURE);
  }

  @Get('services/:service_id/bandwidth')
  @Operation({
    access: 'usage.read',
    summary: 'Show how fast a service was used',
    description:
      `${DAYS} At most 90 days, which is how long samples are kept. Figures are of samples of five minutes, those ` +
      'without traffic included. `percentile_95_bps`: of each sample the greater direction, the highest after the top ' +
      '5 % are discarded. Off-peak is from 0:00 to 6:00. `bursts`: samples above 90 % of the rate in either direction.',
    response: schema.bandwidthShape,
    example: examples.bandwidthExample,
    errors: ['not_found', 'unprocessable'],
  })
  async ofBandwidth(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.daysQuery) asked: schema.DaysQuery,
  ) {
    return present.presentBandwidth(serviceId, await this.bandwidth.ofService(actor, serviceId, asked));
  }

  @Get('services/:service_id/usage/throttling')
  @Operation({
    access: 'usage.read',
    summary: 'List the limits that a service reached, newest first',
    description: 'A GB of a plan is 10^9 bytes, both directions together; months are those of the partner’s time zone.',
    response: schema.throttlingsShape,
    example: { throttling: [examples.throttlingExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listThrottling(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.throttlingQuery) query: schema.ThrottlingQuery,
  ) {
    const filter = { open: query.state && query.state === 'open' };
    const { rows, total } = await this.throttling.ofService(actor, serviceId, filter, sliceOf(query));
    return listOf('throttling', rows.map(present.presentThrottling), total, query);
  }

  @Post('services/:service_id/usage/restore')
  @Operation({
    access: 'usage.manage',
    summary: 'Let a service off the limits that it has reached',
    description: 'Its own speed is back at once, and stays for the rest of the month.',
    response: schema.restoredShape,
    example: {
      service_id: 456,
      restored: [
        {
          ...examples.throttlingExample,
          restored_at: '2025-01-29T11:00:00Z',
          restored_by: 'manual',
          reason: 'Goodwill',
        },
      ],
    },
    requestExample: { reason: 'Goodwill' },
    errors: ['not_found', 'conflict'],
  })
  async restore(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.restoreBody) { reason }: schema.RestoreBody,
  ) {
    const restored = await this.restoreUsage.execute({ actor, serviceId, reason });
    return { service_id: serviceId, restored: restored.map(present.presentThrottling) };
  }

  @Get('customers/:customer_id/usage')
  @Operation({
    access: 'usage.read',
    summary: 'Show how much all services of a customer carried',
    description: `${DAYS} At most 400 days.`,
    response: schema.customerUsageShape,
    example: examples.customerUsageExample,
    errors: ['not_found', 'unprocessable'],
  })
  async ofCustomer(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) customerId: number,
    @QueryString(schema.usageQuery) { granularity, ...asked }: schema.UsageQuery,
  ) {
    return present.presentCustomerUsage(customerId, await this.usage.ofCustomer(actor, customerId, asked, granularity));
  }

  @Get('usage')
  @Operation({
    access: 'usage.read',
    summary: 'List what services carried in a month, those that carried most first',
    description: 'Without `month`, the current one. `min_gb`: only services with at least so many GB (10^9 bytes).',
    response: schema.reportShape,
    example: examples.reportExample,
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.reportQuery) query: schema.ReportQuery) {
    const { month, partner_id: partnerId, customer_id: customerId, service_id: serviceId, min_gb: gb } = query;
    const atLeastBytes = gb && gb * BYTES_PER_GB;
    const filter = { month, partnerId, customerId, serviceId, atLeastBytes };
    const found = await this.report.list(actor, filter, sliceOf(query));
    const rows = found.rows.map((row) => present.presentReported(found.month, row));
    return listOf('usage', rows, found.total, query);
  }
}
