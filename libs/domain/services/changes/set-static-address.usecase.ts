import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';

export interface SetStaticAddressInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly enabled: boolean;
  /** The host address that is wanted; any when absent. */
  readonly address?: string | undefined;
}

/**
 * Records whether an internet service has a static address, and which one is wanted. Reserving it is the network's.
 * @throws `services.service.not_found`, `services.service.wrong_state`, `services.address.not_static`,
 *   `services.address.malformed`
 */
@Injectable()
export class SetStaticAddress {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly facts: ServiceFacts,
  ) {}

  execute({ actor, serviceId, enabled, address }: SetStaticAddressInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const { status, serviceType } = service;
      if (address !== undefined && !enabled) throw serviceErrors('services.address.not_static');
      if (address !== undefined && isIP(address) === 0) throw serviceErrors('services.address.malformed');
      if (status === 'terminated') throw serviceErrors('services.service.wrong_state', { status });
      if (serviceType !== 'internet') throw serviceErrors('services.address.not_internet');
      const wanted = { staticIp: enabled, staticAddress: address ?? (enabled ? service.staticAddress : null) };
      const diff = changesBetween(service, wanted);
      if (Object.keys(diff).length === 0) return service;
      const changed = await this.services.save({ ...service, ...wanted });
      this.facts.note(actor, 'set_static_address', changed, diff);
      this.facts.publish('changed', changed);
      return changed;
    });
  }
}
