import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PlanQueries, type PlanView } from '@isp/domain/catalog';
import { RouterQueries } from '@isp/domain/network';
import { Money } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceQueries } from '../services/service.queries.js';
import { ServiceRepository } from '../services/service.repository.js';
import { monthlyOf } from '../services/static-price.js';
import type { ServiceView } from '../services/service.view.js';
import { LocalTime } from './local-time.js';
import { type Proration, prorate } from './proration.js';
import { ServiceChangeBook } from './service-change-book.js';
import type { ChangedService } from './service-change.view.js';

const CHANGEABLE: ReadonlySet<string> = new Set(['pending_activation', 'active', 'suspended', 'failed']);

export interface ChangeServicePlanInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly planId: number;
  /** At once, or when the next calendar month begins in the time zone of the service's partner. */
  readonly when: 'now' | 'period_end';
  readonly reason?: string | undefined;
}

/** What a change of plan would mean. */
export interface PlanChangePreview {
  readonly service: ServiceView;
  readonly from: PlanView;
  readonly to: PlanView;
  /** New monthly price less the one the service was sold at. */
  readonly difference: Money;
  readonly effectiveAt: Date;
  readonly proration: Proration;
}

/**
 * Moves a service to another plan of its type, at that plan's price of this moment, also when it takes effect later.
 * @throws `services.service.not_found`, `services.service.wrong_state`, `services.service.part_of_bundle`,
 *   `services.plan.same`, `services.plan.other_currency`, `catalog.plan.not_sold`, `catalog.plan.wrong_type`,
 *   `services.address.not_in_plan`, `network.profile.none_fits`, `services.change.under_way`, what a guard of
 *   prices throws
 */
@Injectable()
export class ChangeServicePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly queries: ServiceQueries,
    private readonly plans: PlanQueries,
    private readonly routers: RouterQueries,
    private readonly time: LocalTime,
    private readonly book: ServiceChangeBook,
  ) {}

  /** Answers what `execute` would do; changes nothing. */
  preview({ actor, serviceId, planId, when }: ChangeServicePlanInput): Promise<PlanChangePreview> {
    return this.uow.run(actor, async () => {
      const service = await this.queries.get(actor, serviceId);
      const [from, to] = [await this.plans.get(actor, service.planId), await this.target(actor, service, planId)];
      const period = await this.time.period(actor, service.partnerId);
      const [was, is] = [
        Money.of(service.monthlyAmount, service.currency),
        Money.of(monthlyOf(to, service.staticIp), to.currency),
      ];
      // At the end of the period nothing of it is left.
      const rest = when === 'now' ? period : { days: period.days, daysLeft: 0 };
      const effectiveAt = when === 'now' ? this.time.now() : period.endsAt;
      return { service, from, to, difference: is.minus(was), effectiveAt, proration: prorate(was, is, rest) };
    });
  }

  execute(input: ChangeServicePlanInput): Promise<ChangedService> {
    const { actor, serviceId } = input;
    return this.uow.run(actor, () => this.book.guarded(actor, serviceId, () => this.order(input)));
  }

  private async order({ actor, serviceId, planId, when, reason }: ChangeServicePlanInput): Promise<ChangedService> {
    const service = await this.services.lock(serviceId);
    const plan = await this.target(actor, service, planId);
    const effectiveAt = when === 'now' ? this.time.now() : (await this.time.period(actor, service.partnerId)).endsAt;
    const terms = {
      plan_id: plan.id,
      plan_version: plan.version,
      from_plan_id: service.planId,
      monthly_amount: monthlyOf(plan, service.staticIp),
      download_mbps: plan.downloadMbps,
      upload_mbps: plan.uploadMbps,
      data_limit_gb: plan.dataLimitGb,
    };
    return this.book.order(actor, service, { kind: 'plan', effectiveAt, terms, reason });
  }

  private async target(actor: Actor, service: ServiceView, planId: number): Promise<PlanView> {
    refuse(service);
    const plan = await this.plans.forOrder(actor, planId, service.serviceType);
    // A newer version of the very plan is another offer.
    if (plan.id === service.planId && plan.version === service.planVersion) throw serviceErrors('services.plan.same');
    if (plan.currency !== service.currency)
      throw serviceErrors('services.plan.other_currency', { currency: plan.currency });
    // Refused here, not when the change is due and nobody looks.
    if (service.staticIp && !plan.staticIpAvailable) throw serviceErrors('services.address.not_in_plan');
    const { downloadMbps, uploadMbps, bandwidthProfile } = plan;
    if (downloadMbps !== null && uploadMbps !== null && bandwidthProfile === null && service.activatedAt !== null)
      await this.routers.profileFor(downloadMbps, uploadMbps);
    return plan;
  }
}

function refuse({ status, bundleId }: ServiceView): void {
  if (bundleId !== null) throw serviceErrors('services.service.part_of_bundle', { bundle: bundleId });
  if (!CHANGEABLE.has(status)) throw serviceErrors('services.service.wrong_state', { status });
}
