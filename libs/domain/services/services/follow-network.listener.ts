import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import type { OperationalStatus } from './service.entity.js';
import { SetOperationalStatus } from './set-operational-status.usecase.js';

type Told = 'network.subscriber.confirmed.v1';
const EVENTS: readonly Told[] = ['network.subscriber.confirmed.v1'];
const STATUS: Readonly<Record<string, OperationalStatus>> = {
  open: 'running',
  walled_garden: 'limited',
  closed: 'stopped',
};

/** The operational status is what the network was seen to do. */
@Injectable()
@ListensTo({ name: 'services.follow-network', events: EVENTS })
export class FollowNetworkListener implements ListensToEvents<Told> {
  constructor(private readonly operational: SetOperationalStatus) {}

  async on({ payload: { service_id: serviceId, access, rate } }: PublishedEvent<Told>): Promise<void> {
    const status = rate === 'throttled' && access === 'open' ? 'limited' : (STATUS[access] ?? 'unknown');
    await this.operational.execute({ actor: systemActor('network'), serviceId, status, reason: 'seen on the network' });
  }
}
