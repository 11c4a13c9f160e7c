import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { PlanQueries } from '@isp/domain/catalog';
import { RouterQueries } from '@isp/domain/network';
import type { ServiceView } from './service.view.js';

const ACTOR = systemActor('services');

/** Which bandwidth profile carries what a service was sold. */
@Injectable()
export class SoldProfile {
  constructor(
    private readonly plans: PlanQueries,
    private readonly routers: RouterQueries,
  ) {}

  /**
   * The profile of the plan, as the version that was sold names it; the smallest that offers the speeds when it names
   * none, or when the service was sold slower than its plan.
   * @throws `catalog.profile.unknown`, `catalog.profile.none_fits`
   */
  async of({ planId, planVersion, downloadMbps, uploadMbps }: ServiceView) {
    const plan = await this.plans.version(ACTOR, planId, planVersion);
    const whole = plan.downloadMbps === downloadMbps && plan.uploadMbps === uploadMbps;
    return whole && plan.bandwidthProfile !== null
      ? this.routers.profile(plan.bandwidthProfile)
      : this.routers.profileFor(downloadMbps ?? 0, uploadMbps ?? 0);
  }
}
