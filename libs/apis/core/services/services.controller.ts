import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
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
import { OrderInternetService, ServiceQueries } from '@isp/domain/services';
import { listOf, sliceOf } from '../lists.js';
import { presentAcceptedJob } from '../provisioning/job.presenter.js';
import { acceptedJobExample, acceptedJobShape } from '../provisioning/job.schema.js';
import { presentService } from './service.presenter.js';
import * as schema from './service.schema.js';

@ApiTags('Services')
@Controller('v1')
export class ServicesController {
  constructor(
    private readonly order: OrderInternetService,
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
    example: schema.serviceExample,
    requestExample: schema.createInternetExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createInternetService(
    @CurrentActor() actor: Actor,
    @PathParam('customer_id', intId) customerId: number,
    @JsonBody(schema.createInternetBody) body: schema.CreateInternetBody,
  ) {
    const service = await this.order.execute({
      actor,
      customerId,
      planId: body.plan_id,
      downloadMbps: body.speed_download_mbps,
      uploadMbps: body.speed_upload_mbps,
      dataLimitGb: body.data_limit_gb,
      staticIp: body.static_ip,
      installationAddress: body.installation_address,
      scheduledActivation: body.scheduled_activation,
      notes: body.notes,
    });
    return createdAt(`/v1/services/${service.id}`, presentService(service));
  }

  @Get('services')
  @Operation({
    access: 'service.read',
    summary: 'List services, newest first',
    response: schema.servicesShape,
    example: { services: [schema.serviceExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listServices(@CurrentActor() actor: Actor, @QueryString(schema.servicesQuery) query: schema.ServicesQuery) {
    const filter = {
      customerId: query.customer_id,
      status: query.status,
      serviceType: query.service_type,
      planId: query.plan_id,
    };
    const { rows, total } = await this.services.list(actor, filter, sliceOf(query));
    return listOf('services', rows.map(presentService), total, query);
  }

  @Get('services/:service_id')
  @Operation({
    access: 'service.read',
    summary: 'Read a service',
    response: schema.serviceShape,
    example: schema.serviceExample,
    errors: ['not_found'],
  })
  async getService(@CurrentActor() actor: Actor, @PathParam('service_id', intId) id: number) {
    const service = await this.services.get(actor, id);
    return versioned(service.version, presentService(service));
  }

  @Post('services/:service_id/provision')
  @Operation({
    access: 'service.provision',
    summary: 'Bring a service to life on the network',
    description:
      'Accepted at once and carried out by a worker. What `provisioning_data` leaves out the network chooses. ' +
      '`estimated_completion` comes from the measured durations and the work ahead.',
    status: 202,
    response: acceptedJobShape,
    example: acceptedJobExample,
    requestExample: schema.provisionExample,
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
