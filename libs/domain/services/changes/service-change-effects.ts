import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { MoveService } from '../services/move-service.usecase.js';
import { ServiceNetwork } from '../services/service-network.js';
import type { InstallationAddress } from '../services/service.entity.js';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { ServiceSuspensions } from '../suspensions/service-suspensions.js';
import { ServiceChangeRepository } from './service-change.repository.js';
import type { ChangeKind, ChangeTerms, PlanTerms, ServiceChangeView } from './service-change.view.js';

/** What each kind of change does to a locked service. */
@Injectable()
export class ServiceChangeEffects {
  constructor(
    private readonly services: ServiceRepository,
    private readonly changes: ServiceChangeRepository,
    private readonly suspensions: ServiceSuspensions,
    private readonly move: MoveService,
    private readonly network: ServiceNetwork,
    private readonly facts: ServiceFacts,
  ) {}

  async apply(actor: Actor, service: ServiceView, change: ServiceChangeView): Promise<ServiceView> {
    const reason = change.reason ?? undefined;
    switch (change.kind) {
      case 'plan':
        return this.plan(actor, service, termsOf(change, 'plan'));
      case 'relocate':
        return this.relocate(actor, service, termsOf(change, 'relocate').installation_address);
      case 'terminate':
        return this.terminate(actor, service, change);
      case 'pause': {
        refuseEnded(service);
        const { until } = termsOf(change, 'pause');
        const ends = until === null ? {} : { until: new Date(until) };
        return this.suspensions.add(service, { actor, cause: 'pause', reason, since: change.effectiveAt, ...ends });
      }
      case 'resume':
        return this.suspensions.lift(actor, service, 'pause', reason ?? 'pause over');
    }
  }

  private async plan(actor: Actor, service: ServiceView, terms: PlanTerms): Promise<ServiceView> {
    refuseEnded(service);
    const {
      plan_id: planId,
      plan_version: planVersion,
      monthly_amount: monthlyAmount,
      data_limit_gb: dataLimitGb,
    } = terms;
    const rates = { downloadMbps: terms.download_mbps, uploadMbps: terms.upload_mbps };
    const changed = await this.services.save({ ...service, planId, planVersion, monthlyAmount, dataLimitGb, ...rates });
    await this.network.rate(changed);
    const amounts = [service.monthlyAmount, changed.monthlyAmount];
    this.facts.note(actor, 'change_plan', changed, { plan_id: [service.planId, planId], monthly_amount: amounts });
    this.facts.publish('changed', changed);
    return changed;
  }

  private async relocate(actor: Actor, service: ServiceView, to: InstallationAddress): Promise<ServiceView> {
    refuseEnded(service);
    const changed = await this.services.save({ ...service, installationAddress: to });
    this.facts.note(actor, 'relocate', changed, { installation_address: [service.installationAddress, to] });
    this.facts.publish('changed', changed);
    for (const part of await this.services.lockParts(service)) await this.relocate(actor, part, to);
    return changed;
  }

  /**
   * The parts of a bundle end first. Whatever was still to come is cancelled. However late this is, the service has ended
   * when that was to be: nobody is charged for a day that was not ordered.
   */
  private async terminate(actor: Actor, service: ServiceView, change: ServiceChangeView): Promise<ServiceView> {
    for (const part of await this.services.lockParts(service)) await this.terminate(actor, part, change);
    const [reason, endedAt] = [change.reason ?? undefined, change.effectiveAt];
    const ended = await this.move.execute({
      actor,
      serviceId: service.id,
      to: 'terminated',
      reason,
      causes: [],
      endedAt,
    });
    await this.suspensions.forget(service.id);
    await this.changes.cancelAll(service.id, null, change.id);
    await this.network.follow(ended);
    return ended;
  }
}

function refuseEnded({ status }: ServiceView): void {
  if (status === 'terminated') throw serviceErrors('services.service.wrong_state', { status });
}

function termsOf<K extends ChangeKind>(change: ServiceChangeView, _kind: K): ChangeTerms[K] {
  return change.terms as ChangeTerms[K];
}
