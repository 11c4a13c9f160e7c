import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { CancelWorkOrder } from './cancel-work-order.usecase.js';

const EVENT = 'services.service.terminated.v1';

/** Nobody goes out for a service that is over, however it ended. */
@Injectable()
@ListensTo({ name: 'work-orders.cancel-with-service', events: [EVENT] })
export class CancelWithServiceListener implements ListensToEvents<typeof EVENT> {
  constructor(private readonly cancel: CancelWorkOrder) {}

  on({ payload }: PublishedEvent<typeof EVENT>): Promise<void> {
    return this.cancel.ofService(systemActor('work-orders'), payload.service_id, 'The service was terminated.');
  }
}
