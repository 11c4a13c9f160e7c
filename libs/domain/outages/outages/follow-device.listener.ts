import { Injectable } from '@nestjs/common';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { FollowDevice } from './follow-device.usecase.js';

type Told = 'network.device.down.v1' | 'network.device.up.v1';
const EVENTS: readonly Told[] = ['network.device.down.v1', 'network.device.up.v1'];

/** Devices that fall and come back make outages. */
@Injectable()
@ListensTo({ name: 'outages.follow-device', events: EVENTS })
export class FollowDeviceListener implements ListensToEvents<Told> {
  constructor(private readonly follow: FollowDevice) {}

  on({ name, payload, occurredAt: at }: PublishedEvent<Told>): Promise<void> {
    const nowIs = name === 'network.device.down.v1' ? 'down' : 'up';
    return this.follow.execute({ deviceId: payload.device_id, nowIs, at, sequence: payload.sequence });
  }
}
