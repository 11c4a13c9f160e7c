import { Controller, Get, Patch, Post } from '@nestjs/common';
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
import { RequestProvisioning } from '@isp/domain/provisioning';
import {
  ChangeService,
  OrderBundle,
  OrderInternetService,
  OrderVoiceService,
  ServiceQueries,
} from '@isp/domain/services';
import { listOf, sliceOf } from '../lists.js';
import { presentAcceptedJob } from '../provisioning/job.presenter.js';
import { acceptedJobExample, acceptedJobShape } from '../provisioning/job.schema.js';
import * as example from './service.examples.js';
import { filterOf, internetOf, partOf, termsOf, voiceOf } from './service-order.js';
import { presentBundle, presentService } from './service.presenter.js';
import * as schema from './service.schema.js';

@ApiTags('Services')
@Controller('v1')
export class ServicesController {
  constructor(
    private readonly orderInternet: OrderInternetService,
    private readonly orderVoice: OrderVoiceService,
    private readonly orderBundle: OrderBundle,
    private readonly change: ChangeService,
    private readonly provision: RequestProvisioning,
    private readonly services: ServiceQueries,
  ) {}

  @Post('customers/:customer_id/services/internet')
  @Operation({
    access: 'service.create',
    summary: 'Sell an internet service to a customer',
    description: "Speeds and data limit are the plan's unless named; they cannot exceed it.",
    status: 201,
    response: schema.serviceShape,
    example: example.serviceExample,
    requestExample: example.createInternetExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createInternetService(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) customerId: number,
    @JsonBody(schema.createInternetBody) body: schema.CreateInternetBody,
  ) {
    const service = await this.orderInternet.execute({ actor, customerId, ...internetOf(body), ...termsOf(body) });
    return createdAt(`/v1/services/${service.id}`, presentService(service));
  }

  @Post('customers/:customer_id/services/voice')
  @Operation({
    access: 'service.create',
    summary: 'Sell a voice service to a customer',
    description:
      'A number belongs to one service at a time. `number_porting` says that `phone_number` comes from another carrier.',
    status: 201,
    response: schema.serviceShape,
    example: example.voiceExample,
    requestExample: example.createVoiceExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createVoiceService(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) customerId: number,
    @JsonBody(schema.createVoiceBody) body: schema.CreateVoiceBody,
  ) {
    const service = await this.orderVoice.execute({ actor, customerId, ...voiceOf(body), ...termsOf(body) });
    return createdAt(`/v1/services/${service.id}`, presentService(service));
  }

  @Post('customers/:customer_id/services/bundle')
  @Operation({
    access: 'service.create',
    summary: 'Sell a bundle of services to a customer',
    description:
      'The bundle has the price; its parts are services of their own with `bundle_id` and cost nothing. A bundle is ' +
      'active when the last of its parts is; they are suspended, moved and terminated with it.',
    status: 201,
    response: schema.bundleShape,
    example: example.bundleExample,
    requestExample: example.createBundleExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createBundle(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) customerId: number,
    @JsonBody(schema.createBundleBody) body: schema.CreateBundleBody,
  ) {
    const parts = body.services.map(partOf);
    const made = await this.orderBundle.execute({ actor, customerId, planId: body.plan_id, parts, ...termsOf(body) });
    return createdAt(`/v1/services/${made.bundle.id}`, presentBundle(made));
  }

  @Get('services')
  @Operation({
    access: 'service.read',
    summary: 'List services, newest first',
    description: 'Filters combine with AND. `created_to` is not included in the range.',
    response: schema.servicesShape,
    example: { services: [example.serviceExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listServices(@CurrentActor() actor: Actor, @QueryString(schema.servicesQuery) query: schema.ServicesQuery) {
    const { rows, total } = await this.services.list(actor, filterOf(query), sliceOf(query));
    return listOf('services', rows.map(presentService), total, query);
  }

  @Get('services/:service_id')
  @Operation({
    access: 'service.read',
    summary: 'Read a service',
    response: schema.serviceShape,
    example: example.serviceExample,
    errors: ['not_found'],
  })
  async getService(@CurrentActor() actor: Actor, @PathParam('service_id', intId) id: number) {
    const service = await this.services.get(actor, id);
    return versioned(service.version, presentService(service));
  }

  @Patch('services/:service_id')
  @Operation({
    access: 'service.update',
    summary: 'Correct what is written down of a service',
    description:
      'With `If-Match`, only the version that the ETag names is changed. `scheduled_activation` can be changed while ' +
      'the service waits for its activation; a move to another place is a relocation.',
    response: schema.serviceShape,
    example: example.serviceExample,
    requestExample: { notes: 'Ring twice' },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changeService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.changeServiceBody) body: schema.ChangeServiceBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { notes, installation_address: installationAddress, scheduled_activation: scheduledActivation } = body;
    const changes = { notes, installationAddress, scheduledActivation };
    const service = await this.change.execute({ actor, serviceId, changes, ifMatch });
    return versioned(service.version, presentService(service));
  }

  @Post('services/:service_id/provision')
  @Operation({
    access: 'service.provision',
    summary: 'Bring a service to life on the network',
    description:
      'Accepted at once and carried out by a worker. What `provisioning_data` leaves out the network chooses. ' +
      '`estimated_completion` is the median of what the last 200 jobs took, after the work ahead of at least that priority, at as many ' +
      'jobs side by side as those 200 were; before the first of them it is now.',
    status: 202,
    response: acceptedJobShape,
    example: acceptedJobExample,
    requestExample: example.provisionExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async provisionService(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @JsonBody(schema.provisionBody) body: schema.ProvisionBody,
  ) {
    const data = body.provisioning_data;
    const job = await this.provision.execute({
      actor,
      serviceId,
      request: {
        routerId: data.router_id,
        vlanId: data.vlan_id,
        ipAssignment: data.ip_assignment,
        bandwidthProfile: data.bandwidth_profile,
      },
      priority: body.priority,
      scheduledTime: body.scheduled_time,
    });
    return createdAt(`/v1/provisioning/jobs/${job.id}`, presentAcceptedJob(job));
  }
}
