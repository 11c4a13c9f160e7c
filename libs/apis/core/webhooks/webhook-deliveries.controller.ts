import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { DeliveryQueries, EVENT_TYPES, Redeliver } from '@isp/domain/webhooks';
import { CurrentActor, Operation, PathParam, QueryString, createdAt } from '@isp/apis/shared';
import { listOf, sliceOf } from '../lists.js';
import { DELIVERY_DETAIL_EXAMPLE, DELIVERY_EXAMPLE, PAGINATION_EXAMPLE, PENDING_EXAMPLE } from './webhooks.examples.js';
import { presentDelivery, presentDeliveryDetail } from './webhooks.presenter.js';
import * as schema from './webhooks.schema.js';

@ApiTags('Webhooks')
@Controller('v1/webhooks')
export class WebhookDeliveriesController {
  constructor(
    private readonly queries: DeliveryQueries,
    private readonly redeliver: Redeliver,
  ) {}

  @Get('events')
  @Operation({
    access: 'webhook.read',
    summary: 'List the event types',
    description: 'What an endpoint can subscribe to. `webhook.test` is sent on request only.',
    response: schema.eventTypesAnswer,
    example: { events: EVENT_TYPES },
  })
  events() {
    return { events: EVENT_TYPES };
  }

  @Get('deliveries')
  @Operation({
    access: 'webhook.read',
    summary: 'List webhook deliveries, newest first',
    response: schema.deliveryListAnswer,
    example: { deliveries: [DELIVERY_EXAMPLE], pagination: PAGINATION_EXAMPLE },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.deliveriesQuery) query: schema.DeliveriesQuery) {
    const { endpoint_id: endpointId, event: type, status, from, to } = query;
    const { rows, total } = await this.queries.list(actor, { endpointId, type, status, from, to }, sliceOf(query));
    return listOf('deliveries', rows.map(presentDelivery), total, query);
  }

  @Get('deliveries/:id')
  @Operation({
    access: 'webhook.read',
    summary: 'Get a webhook delivery with its payload and every try',
    response: schema.deliveryDetailAnswer,
    example: DELIVERY_DETAIL_EXAMPLE,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('id', schema.deliveryId) id: number) {
    return presentDeliveryDetail(await this.queries.get(actor, id));
  }

  @Post('deliveries/:id/redeliver')
  @Operation({
    access: 'webhook.manage',
    summary: 'Send one delivery again',
    description: 'At once, under the same event id, whatever became of it before.',
    status: 202,
    response: schema.deliveryAnswer,
    example: PENDING_EXAMPLE,
    errors: ['not_found', 'conflict'],
  })
  async again(@CurrentActor() actor: Actor, @PathParam('id', schema.deliveryId) id: number) {
    const delivery = await this.redeliver.execute({ actor, deliveryId: id });
    return createdAt(`/v1/webhooks/deliveries/${delivery.id}`, presentDelivery(delivery));
  }
}
