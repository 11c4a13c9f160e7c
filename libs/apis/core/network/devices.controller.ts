import { Controller, Get, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { ChangeDevice, CreateDevice, DeviceQueries, SetDeviceCredentials } from '@isp/domain/network';
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
import { listOf, sliceOf } from '../lists.js';
import { presentDevice, presentTopology } from './device.presenter.js';
import * as schema from './device.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Network')
@Controller('v1/network')
export class DevicesController {
  constructor(
    private readonly devices: DeviceQueries,
    private readonly createDevice: CreateDevice,
    private readonly changeDevice: ChangeDevice,
    private readonly setCredentials: SetDeviceCredentials,
  ) {}

  @Post('devices')
  @Operation({
    access: 'device.manage',
    summary: 'Put a device into service',
    description:
      'One with a `status_driver` is asked how it is from then on. Credentials are sealed and never shown again.',
    status: 201,
    response: schema.deviceShape,
    example: schema.deviceExample,
    requestExample: schema.deviceRequestExample,
    errors: ['conflict', 'unprocessable'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createDeviceBody) body: schema.CreateDeviceBody) {
    const { name, kind, credentials, ...facts } = body;
    const given = Object.fromEntries(Object.entries(credentials ?? {}).filter(([, value]) => value !== undefined));
    const sealed = credentials ? (given as Record<string, string>) : undefined;
    const values = { name, kind, ...factsOf(facts) };
    const device = await this.createDevice.execute({ actor, values, credentials: sealed });
    return createdAt(`/v1/network/devices/${device.id}`, presentDevice(device));
  }

  @Get('devices')
  @Operation({
    access: 'device.read',
    summary: 'List devices',
    response: schema.devicesShape,
    example: { devices: [schema.deviceExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.devicesQuery) query: schema.DevicesQuery) {
    const { kind, status, reachability } = query;
    const place = { nodeId: query.node_id, parentId: query.parent_id, modelId: query.model_id };
    const filter = {
      kind,
      status,
      reachability,
      ...place,
      serviceId: query.service_id,
      serialNumber: query.serial_number,
    };
    const { rows, total } = await this.devices.list(actor, filter, sliceOf(query));
    return listOf('devices', rows.map(presentDevice), total, query);
  }

  @Get('devices/:device_id')
  @Operation({
    access: 'device.read',
    summary: 'Read a device',
    response: schema.deviceShape,
    example: schema.deviceExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('device_id', intId) id: number) {
    const device = await this.devices.get(actor, id);
    return versioned(device.version, presentDevice(device));
  }

  @Patch('devices/:device_id')
  @Operation({
    access: 'device.manage',
    summary: 'Change a device',
    response: schema.deviceShape,
    example: schema.deviceExample,
    requestExample: { firmware: '7.2.1', poll_interval_seconds: 120 },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('device_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeDeviceBody) body: schema.ChangeDeviceBody,
  ) {
    const { name, kind, ...facts } = body;
    const device = await this.changeDevice.execute({ actor, id, changes: { name, kind, ...factsOf(facts) }, ifMatch });
    return versioned(device.version, presentDevice(device));
  }

  @Post('devices/:device_id/retire')
  @Operation({
    access: 'device.manage',
    summary: 'Take a device out of service',
    description: 'Refused while something depends on it.',
    response: schema.deviceShape,
    example: { ...schema.deviceExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retire(@CurrentActor() actor: Actor, @PathParam('device_id', intId) id: number) {
    const device = await this.changeDevice.retire({ actor, id });
    return versioned(device.version, presentDevice(device));
  }

  @Put('devices/:device_id/credentials')
  @Operation({
    access: 'device.manage',
    summary: 'Replace credentials of a device',
    description: 'What is not named stays; null forgets one. They are sealed and only its drivers get them.',
    status: 204,
    requestExample: { snmp_community: 'a new one' },
    errors: ['not_found', 'conflict'],
    secret: true,
  })
  credentials(
    @CurrentActor() actor: Actor,
    @PathParam('device_id', intId) id: number,
    @JsonBody(schema.credentialsBody) credentials: schema.CredentialsBody,
  ) {
    return this.setCredentials.execute({ actor, id, credentials });
  }

  @Get('topology')
  @Operation({
    access: 'device.read',
    summary: 'What hangs below what',
    description: 'Devices in service as trees. ONTs, which are many, only with `onts=true`.',
    response: schema.topologyShape,
    example: schema.topologyExample,
  })
  async topology(@CurrentActor() actor: Actor, @QueryString(schema.topologyQuery) { onts }: schema.TopologyQuery) {
    return { devices: presentTopology(await this.devices.topology(actor, onts === 'true')) };
  }
}

type Facts = Omit<schema.ChangeDeviceBody, 'name' | 'kind'>;

function factsOf(facts: Facts) {
  return {
    driver: facts.driver,
    sessionDriver: facts.session_driver,
    statusDriver: facts.status_driver,
    settings: facts.settings,
    address: facts.management_address,
    nodeId: facts.node_id,
    parentId: facts.parent_id,
    modelId: facts.model_id,
    serialNumber: facts.serial_number,
    firmware: facts.firmware,
    oltId: facts.olt_id,
    ponPort: facts.pon_port,
    onuIndex: facts.onu_index,
    serviceId: facts.service_id,
    pollIntervalSeconds: facts.poll_interval_seconds,
  };
}
