import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AuthAttempts, DeviceStatusQueries, RadiusSessions, RevealCredentials } from '@isp/domain/network';
import { ServiceQueries } from '@isp/domain/services';
import { UsageQueries } from '@isp/domain/usage';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import * as examples from './service-network.examples.js';
import { presentDeviceStatus, presentRadiusStatus, presentUsageDay } from './service-network.presenter.js';
import * as schema from './service-network.schema.js';

/** The newest attempts and sessions that RADIUS status shows. */
const NEWEST = { limit: 50, offset: 0 };
/** Days of usage that are shown unasked. */
const USAGE_DAYS = 30;
const DEVICE = { response: schema.deviceStatusShape, example: examples.deviceStatusExample } as const;

@ApiTags('Device and RADIUS')
@Controller('wholesale/services')
export class WholesaleServiceNetworkController {
  constructor(
    private readonly services: ServiceQueries,
    private readonly devices: DeviceStatusQueries,
    private readonly sessions: RadiusSessions,
    private readonly attempts: AuthAttempts,
    private readonly reveal: RevealCredentials,
    private readonly usage: UsageQueries,
  ) {}

  @Get(':service_id/device/status')
  @Operation({
    access: 'service.read',
    summary: "How a service's device was last seen",
    description:
      'From the last poll, whose time is `last_updated`; what was never seen is null. `rx_status`, `tx_status` and ' +
      '`sfp_rx_status` are the worst open alarm about that power, `ok` when there is none.',
    ...DEVICE,
    errors: ['not_found'],
  })
  async deviceStatus(@CurrentIsp() actor: Actor, @PathParam('service_id', guidParam) guid: string) {
    const { id } = await this.services.getByGuid(actor, guid);
    return presentDeviceStatus(guid, await this.devices.ofService(actor, id));
  }

  @Get(':service_id/device/status/live')
  @Operation({
    access: 'service.read',
    summary: "How a service's device is now",
    description:
      'Asks the device now, at most every 5 seconds (else 429 with `Retry-After`); there is an answer within 15 ' +
      'seconds. A device that is silent is 504.',
    ...DEVICE,
    errors: ['not_found', 'timeout'],
  })
  async liveDeviceStatus(@CurrentIsp() actor: Actor, @PathParam('service_id', guidParam) guid: string) {
    const { id } = await this.services.getByGuid(actor, guid);
    return presentDeviceStatus(guid, await this.devices.live(actor, id));
  }

  @Get(':service_id/radius/status')
  @Operation({
    access: 'credential.reveal',
    summary: "A service's log-in, its attempts and its sessions",
    description:
      'The 50 newest attempts and sessions. The password is shown to the ISP that owns the service alone, and every ' +
      'look at it is audited; a service that was never on the network has no log-in yet. `input_octets` is what the ' +
      'subscriber sent (RFC 2866), IPv6 included.',
    response: schema.radiusStatusShape,
    example: examples.radiusStatusExample,
    errors: ['not_found'],
    secret: true,
  })
  async radiusStatus(@CurrentIsp() actor: Actor, @PathParam('service_id', guidParam) guid: string) {
    const { id } = await this.services.getByGuid(actor, guid);
    const [sessions, attempts, credentials] = await Promise.all([
      this.sessions.ofService(actor, id, {}, NEWEST),
      this.attempts.ofService(actor, id, {}, NEWEST),
      this.reveal.ifAny(actor, id),
    ]);
    return presentRadiusStatus({ credentials, attempts: attempts.rows, sessions: sessions.rows });
  }

  @Get(':service_id/radius/usage')
  @Operation({
    access: 'usage.read',
    summary: 'How much a service carried, day by day',
    description:
      'Days of your own time zone, the last 30 unless you say `from` and `to` (at most 400), oldest first; a day ' +
      'without traffic is a row of zeros. `bytes_…` is IPv4, `i_pv6_bytes_…` IPv6, `total_bytes_…` both.',
    response: schema.usageShape,
    example: examples.usageExample,
    errors: ['not_found'],
  })
  async radiusUsage(
    @CurrentIsp() actor: Actor,
    @PathParam('service_id', guidParam) guid: string,
    @QueryString(schema.usageQuery) asked: schema.UsageQuery,
  ) {
    const { id } = await this.services.getByGuid(actor, guid);
    const { periods } = await this.usage.ofService(actor, id, { ...asked, last: USAGE_DAYS }, 'day');
    return periods.map(presentUsageDay);
  }
}
