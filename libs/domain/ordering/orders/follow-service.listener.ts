import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { FollowService } from './follow-service.usecase.js';

const EVENTS = [
  'services.service.activated.v1',
  'services.service.terminated.v1',
  'provisioning.job.cancelled.v1',
  'provisioning.job.failed.v1',
] as const;

@Injectable()
@ListensTo({
  name: 'ordering.follow-service',
  events: EVENTS,
  concerning: `EXISTS (SELECT FROM orders WHERE service_id = (b.payload->>'service_id')::integer)`,
})
export class FollowServiceListener implements ListensToEvents<(typeof EVENTS)[number]> {
  constructor(private readonly follow: FollowService) {}

  on({ payload }: PublishedEvent<(typeof EVENTS)[number]>): Promise<void> {
    return this.follow.execute(systemActor('ordering'), payload.service_id);
  }
}
