import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { StaticAddresses } from '@isp/domain/network';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';

/** The static address of a service where the network gave it one or moved it. In the caller's transaction. */
@Injectable()
export class StaticAddressBook {
  constructor(
    private readonly services: ServiceRepository,
    private readonly facts: ServiceFacts,
    private readonly addresses: StaticAddresses,
  ) {}

  /**
   * The address that was agreed, if there is one. Locks a service that was sold one: before its subscriber, as every
   * change of a service does.
   */
  async agreed({ id, staticIp }: ServiceView): Promise<string | null> {
    return staticIp ? (await this.services.lock(id)).staticAddress : null;
  }

  /** The address that the subscriber has now is the service's for good, if that was sold, and its record says which. */
  async follow(actor: Actor, { id, staticIp }: ServiceView): Promise<void> {
    if (!staticIp) return;
    const kept = await this.addresses.keep(actor, id);
    const service = await this.services.lock(id);
    if (kept === undefined || kept === service.staticAddress) return;
    const changed = await this.services.save({ ...service, staticAddress: kept });
    this.facts.note(actor, 'keep_static_address', changed, { staticAddress: [service.staticAddress, kept] });
    this.facts.publish('changed', changed);
  }
}
