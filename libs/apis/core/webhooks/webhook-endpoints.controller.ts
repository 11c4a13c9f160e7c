import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import {
  CreateEndpoint,
  DeleteEndpoint,
  EndpointQueries,
  type EndpointWithSecret,
  ReplayRange,
  RotateSecret,
  SendTest,
  UpdateEndpoint,
} from '@isp/domain/webhooks';
import {
  Answer,
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
import { listOf, sliceOf } from '../lists.js';
import {
  ENDPOINT_EXAMPLE,
  HOW_TO_VERIFY,
  PAGINATION_EXAMPLE,
  PENDING_EXAMPLE,
  SECRET_EXAMPLE,
} from './webhooks.examples.js';
import { presentDelivery, presentEndpoint } from './webhooks.presenter.js';
import * as schema from './webhooks.schema.js';

@ApiTags('Webhooks')
@Controller('v1/webhooks/endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly queries: EndpointQueries,
    private readonly createEndpoint: CreateEndpoint,
    private readonly updateEndpoint: UpdateEndpoint,
    private readonly deleteEndpoint: DeleteEndpoint,
    private readonly rotateSecret: RotateSecret,
    private readonly sendTest: SendTest,
    private readonly replayRange: ReplayRange,
  ) {}

  @Post()
  @Operation({
    access: 'webhook.manage',
    summary: 'Register a webhook endpoint',
    description: `The answer shows the signing secret, once.\n\n${HOW_TO_VERIFY}`,
    status: 201,
    response: schema.endpointWithSecretAnswer,
    example: SECRET_EXAMPLE,
    requestExample: {
      url: 'https://hooks.example.com/isp',
      description: 'CRM',
      events: ['customer.created', 'customer.suspended'],
    },
    errors: ['unprocessable', 'forbidden'],
    secret: true,
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createEndpointBody) body: schema.CreateEndpointBody) {
    const { all_partners: allPartners, ...fields } = body;
    const created = await this.createEndpoint.execute({
      actor,
      ...fields,
      ...(allPartners === undefined ? {} : { allPartners }),
    });
    return createdAt(`/v1/webhooks/endpoints/${created.endpoint.id}`, presentWithSecret(created));
  }

  @Get()
  @Operation({
    access: 'webhook.read',
    summary: 'List webhook endpoints',
    response: schema.endpointListAnswer,
    example: { endpoints: [ENDPOINT_EXAMPLE], pagination: PAGINATION_EXAMPLE },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.endpointsQuery) query: schema.EndpointsQuery) {
    const { rows, total } = await this.queries.list(actor, { status: query.status }, sliceOf(query));
    return listOf('endpoints', rows.map(presentEndpoint), total, query);
  }

  @Get(':id')
  @Operation({
    access: 'webhook.read',
    summary: 'Get a webhook endpoint',
    response: schema.endpointAnswer,
    example: ENDPOINT_EXAMPLE,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('id', intId) id: number) {
    const endpoint = await this.queries.get(actor, id);
    return versioned(endpoint.version, presentEndpoint(endpoint));
  }

  @Patch(':id')
  @Operation({
    access: 'webhook.manage',
    summary: 'Change a webhook endpoint',
    description: 'Disabling it cancels what is pending; enabling it starts afresh. Replay sends what it missed.',
    response: schema.endpointAnswer,
    example: ENDPOINT_EXAMPLE,
    requestExample: { events: ['*'], status: 'enabled' },
    errors: ['not_found', 'precondition_failed', 'unprocessable', 'forbidden'],
  })
  async update(
    @CurrentActor() actor: Actor,
    @PathParam('id', intId) id: number,
    @IfMatch() version: number | undefined,
    @JsonBody(schema.updateEndpointBody) body: schema.UpdateEndpointBody,
  ) {
    const { all_partners: allPartners, ...fields } = body;
    const endpoint = await this.updateEndpoint.execute({ actor, id, version, allPartners, ...fields });
    return versioned(endpoint.version, presentEndpoint(endpoint));
  }

  @Delete(':id')
  @Operation({
    access: 'webhook.manage',
    summary: 'Delete a webhook endpoint',
    description: 'Pending deliveries are cancelled; past ones can be read for 30 days.',
    status: 204,
    errors: ['not_found', 'precondition_failed'],
  })
  delete(@CurrentActor() actor: Actor, @PathParam('id', intId) id: number, @IfMatch() version: number | undefined) {
    return this.deleteEndpoint.execute({ actor, id, version });
  }

  @Post(':id/rotate-secret')
  @Operation({
    access: 'webhook.manage',
    summary: 'Give a webhook endpoint a new secret',
    description:
      'The answer shows the new secret, once. For 24 hours `webhook-signature` holds a signature of each secret; `X-ISP-Signature` uses the new one at once.',
    response: schema.endpointWithSecretAnswer,
    example: { ...SECRET_EXAMPLE, previous_secret_until: '2025-01-30T10:30:00Z' },
    errors: ['not_found'],
    secret: true,
  })
  async rotate(@CurrentActor() actor: Actor, @PathParam('id', intId) id: number) {
    const rotated = await this.rotateSecret.execute({ actor, id });
    return versioned(rotated.endpoint.version, presentWithSecret(rotated));
  }

  @Post(':id/test')
  @Operation({
    access: 'webhook.manage',
    summary: 'Send a test event to a webhook endpoint',
    description: 'Sends `webhook.test` at once, signed and retried like any other event.',
    status: 202,
    response: schema.deliveryAnswer,
    example: { ...PENDING_EXAMPLE, event: 'webhook.test' },
    errors: ['not_found', 'conflict'],
  })
  async test(@CurrentActor() actor: Actor, @PathParam('id', intId) id: number) {
    const delivery = await this.sendTest.execute({ actor, endpointId: id });
    return createdAt(`/v1/webhooks/deliveries/${delivery.id}`, presentDelivery(delivery));
  }

  @Post(':id/replay')
  @Operation({
    access: 'webhook.manage',
    summary: 'Send the events of a period again',
    description:
      'By the time at which the events occurred, `to` excluded. `failed`: what was not delivered; `all`: everything, and what the endpoint missed while it was off or not there yet. Events are kept for 30 days; their ids do not change.',
    status: 202,
    response: schema.replayAnswer,
    example: { endpoint_id: 7, deliveries: 42 },
    requestExample: { from: '2025-01-29T00:00:00Z', to: '2025-01-30T00:00:00Z', scope: 'failed' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async replay(
    @CurrentActor() actor: Actor,
    @PathParam('id', intId) id: number,
    @JsonBody(schema.replayBody) body: schema.ReplayBody,
  ) {
    const { deliveries } = await this.replayRange.execute({ actor, endpointId: id, ...body });
    return new Answer({ endpoint_id: id, deliveries }, { location: `/v1/webhooks/deliveries?endpoint_id=${id}` });
  }
}

function presentWithSecret({ endpoint, secret }: EndpointWithSecret) {
  return { ...presentEndpoint(endpoint), secret };
}
