import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { type DeviceStatusView, STATUS_COLUMNS, STATUS_TABLES } from './device-status.view.js';
import { LiveStatus } from './live-status.usecase.js';

const GET = statement('device-status-get', `SELECT ${STATUS_COLUMNS} FROM ${STATUS_TABLES} WHERE d.id = $1`);
// The service is read inside the reader's walls: the device of somebody else's does not exist.
const OF_SERVICE = statement(
  'device-status-of-service',
  `SELECT ${STATUS_COLUMNS} FROM ${STATUS_TABLES} JOIN services v ON v.id = d.service_id WHERE d.service_id = $1 AND d.status = 'active'`,
);
/** How devices are: as last seen, or asked now. */
@Injectable()
export class DeviceStatusQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly liveStatus: LiveStatus,
  ) {}

  /** @throws `network.device.not_found` */
  async get(actor: Actor, deviceId: number): Promise<DeviceStatusView> {
    const found = await this.uow.read(actor, (tx) => tx.one<DeviceStatusView>(GET, [deviceId]));
    if (!found) throw networkErrors('network.device.not_found');
    return found;
  }

  /** The last known state of a service's device. @throws `network.device.none_for_service` */
  async ofService(actor: Actor, serviceId: number): Promise<DeviceStatusView> {
    const found = await this.uow.read(actor, (tx) => tx.one<DeviceStatusView>(OF_SERVICE, [serviceId]));
    if (!found) throw networkErrors('network.device.none_for_service');
    return found;
  }

  /** Asks the device now. @throws `network.device.silent` and what else `LiveStatus` throws */
  async liveOf(actor: Actor, deviceId: number): Promise<DeviceStatusView> {
    await this.liveStatus.execute(await this.get(actor, deviceId));
    return this.get(actor, deviceId);
  }

  /** Asks a service's device now. @throws `network.device.none_for_service`, and as `liveOf` */
  async live(actor: Actor, serviceId: number): Promise<DeviceStatusView> {
    await this.liveStatus.execute(await this.ofService(actor, serviceId));
    return this.ofService(actor, serviceId);
  }
}
