import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { EndpointRepository } from '../endpoints/endpoint.repository.js';
import { DeliveryRepository } from './delivery.repository.js';

const ACTOR = systemActor('webhooks');

/** A net below the ordinary hand-over of places: nothing waits for good, whatever an operator did to the work table. */
@Injectable()
@RunsOnSchedule({ name: 'webhooks.tend-parked', everySeconds: 60 })
export class TendParkedSchedule implements Scheduled {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
  ) {}

  async run(): Promise<void> {
    const ids = await this.uow.run(ACTOR, () => this.deliveries.endpointsWithParked());
    for (const id of ids) {
      await this.uow.run(ACTOR, async () => {
        await this.endpoints.lock(ACTOR, id);
        await this.deliveries.fillPlaces(id);
      });
    }
  }
}
