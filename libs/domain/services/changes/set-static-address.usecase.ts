import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PlanQueries } from '@isp/domain/catalog';
import { StaticAddresses } from '@isp/domain/network';
import { Money, changesBetween } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { PriceGuards } from './price-guards.js';

export interface SetStaticAddressInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly enabled: boolean;
  /** The host address that is wanted; any when absent. */
  readonly address?: string | undefined;
}

/**
 * Gives an internet service a static address, or takes it away. In the same transaction the address is reserved for it,
 * its price joins the monthly amount, and a subscriber that is on the network moves to it. Without a wish it is the one
 * that the subscriber has; of a service that is not on the network yet, the one that it will be provisioned with.
 * @throws `services.address.not_in_plan`, `services.address.not_internet`, what `StaticAddresses.keep` throws,
 *   `services.service.not_found`, `services.service.wrong_state`, `services.address.not_static`,
 *   `services.address.malformed`, what a guard of prices throws
 */
@Injectable()
export class SetStaticAddress {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly facts: ServiceFacts,
    private readonly plans: PlanQueries,
    private readonly addresses: StaticAddresses,
    private readonly guards: PriceGuards,
  ) {}

  execute(input: SetStaticAddressInput): Promise<ServiceView> {
    const { actor, serviceId } = input;
    return this.uow.run(actor, () => this.guards.around(actor, serviceId, () => this.set(input)));
  }

  private async set({ actor, serviceId, enabled, address }: SetStaticAddressInput): Promise<ServiceView> {
    const service = await this.services.lock(serviceId);
    const { status, serviceType } = service;
    if (address !== undefined && !enabled) throw serviceErrors('services.address.not_static');
    if (address !== undefined && isIP(address) === 0) throw serviceErrors('services.address.malformed');
    if (status === 'terminated') throw serviceErrors('services.service.wrong_state', { status });
    if (serviceType !== 'internet') throw serviceErrors('services.address.not_internet');
    const monthlyAmount = await this.amount(actor, service, enabled);
    const staticAddress = enabled ? await this.kept(actor, service, address) : null;
    if (!enabled) await this.addresses.giveUp(actor, serviceId);
    const wanted = { staticIp: enabled, staticAddress, monthlyAmount };
    const diff = changesBetween(service, wanted);
    if (Object.keys(diff).length === 0) return service;
    const changed = await this.services.save({ ...service, ...wanted });
    this.facts.note(actor, 'set_static_address', changed, diff);
    this.facts.publish('changed', changed);
    return changed;
  }

  /** The address that is the service's from now on; null where it gets one when it comes to the network. */
  private async kept(actor: Actor, service: ServiceView, address?: string): Promise<string | null> {
    return (await this.addresses.keep(actor, service.id, address ?? service.staticAddress ?? undefined)) ?? null;
  }

  /** With the price of a static address, as the version of the plan that was sold has it, or without. */
  private async amount(actor: Actor, service: ServiceView, enabled: boolean): Promise<string> {
    const { planId, planVersion, currency, monthlyAmount } = service;
    if (enabled === service.staticIp) return monthlyAmount;
    const plan = await this.plans.version(actor, planId, planVersion);
    if (enabled && !plan.staticIpAvailable) throw serviceErrors('services.address.not_in_plan');
    const price = Money.of(plan.staticIpMonthlyAmount, currency);
    const now = Money.of(monthlyAmount, currency);
    return (enabled ? now.plus(price) : now.minus(price)).amount.toFixed(4);
  }
}
