import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { RouterControl, RouterQueries, type RouterView } from '@isp/domain/network';
import { UnitOfWork } from '@isp/platform/database';

const ACTOR = systemActor('provisioning');

/** Routers by id, and how to talk to them. */
@Injectable()
export class RouterAccess {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    readonly control: RouterControl,
  ) {}

  /** @throws `network.router.unknown` */
  find(id: number): Promise<RouterView> {
    return this.uow.run(ACTOR, () => this.routers.get(id));
  }
}
