import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { DeviceSamples, DeviceStatusQueries, SAMPLES_KEPT_DAYS } from '@isp/domain/network';
import { CurrentActor, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import { listOf, sliceOf } from '../lists.js';
import { presentSample, presentStatus } from './device.presenter.js';
import { statusExample, statusShape } from './device.schema.js';
import { type SamplesQuery, sampleExample, samplesQuery, samplesShape } from './sample.schema.js';

const LIVE = `Asks the device now, at most every 5 seconds; within 15 seconds there is an answer. A silent device is 504, with the
time of the last known state in \`details\`.`;
const LIVE_ERRORS = ['not_found', 'conflict', 'rate_limited', 'timeout', 'unavailable', 'internal'] as const;
const CACHED = { response: statusShape, example: statusExample, errors: ['not_found'] } as const;

@ApiTags('Network')
@Controller('v1')
export class DeviceStatusController {
  constructor(
    private readonly status: DeviceStatusQueries,
    private readonly samples: DeviceSamples,
  ) {}

  @Get('network/devices/:device_id/status')
  @Operation({ access: 'device.read', summary: 'How a device was last seen', ...CACHED })
  async ofDevice(@CurrentActor() actor: Actor, @PathParam('device_id', intId) id: number) {
    return presentStatus(await this.status.get(actor, id));
  }

  @Get('network/devices/:device_id/status/live')
  @Operation({
    access: 'device.read',
    summary: 'How a device is now',
    description: LIVE,
    ...CACHED,
    errors: LIVE_ERRORS,
  })
  async liveOfDevice(@CurrentActor() actor: Actor, @PathParam('device_id', intId) id: number) {
    return presentStatus(await this.status.liveOf(actor, id));
  }

  @Get('network/devices/:device_id/samples')
  @Operation({
    access: 'device.read',
    summary: 'What the poller saw of a device, newest first',
    description:
      `From \`from\` (a day before \`to\`) until before \`to\` (now); samples are kept for ${SAMPLES_KEPT_DAYS} days. With a ` +
      '`resolution` of five minutes, an hour or a day of UTC a row is the samples of that time together.',
    response: samplesShape,
    example: { samples: [sampleExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async samplesOfDevice(
    @CurrentActor() actor: Actor,
    @PathParam('device_id', intId) id: number,
    @QueryString(samplesQuery) query: SamplesQuery,
  ) {
    const { rows, total } = await this.samples.list(actor, id, query, sliceOf(query));
    return listOf('samples', rows.map(presentSample), total, query);
  }

  @Get('services/:service_id/device/status')
  @Operation({ access: 'service.read', summary: "How a service's device was last seen", ...CACHED })
  async ofService(@CurrentActor() actor: Actor, @PathParam('service_id', intId) id: number) {
    return presentStatus(await this.status.ofService(actor, id));
  }

  @Get('services/:service_id/device/status/live')
  @Operation({
    access: 'service.read',
    summary: "How a service's device is now",
    description: LIVE,
    ...CACHED,
    errors: LIVE_ERRORS,
  })
  async liveOfService(@CurrentActor() actor: Actor, @PathParam('service_id', intId) id: number) {
    return presentStatus(await this.status.live(actor, id));
  }
}
