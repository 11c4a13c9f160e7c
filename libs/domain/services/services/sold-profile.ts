import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { PlanQueries, type PlanVersionView } from '@isp/domain/catalog';
import { RouterQueries } from '@isp/domain/network';
import type { ServiceView } from './service.view.js';

const ACTOR = systemActor('services');

const REMEMBERED = 1_000;

/** Which bandwidth profile carries what a service was sold. */
@Injectable()
export class SoldProfile {
  /** A version never changes, so it is read once. */
  private readonly versions = new Map<string, PlanVersionView>();

  constructor(
    private readonly plans: PlanQueries,
    private readonly routers: RouterQueries,
  ) {}

  /**
   * The profile of the plan, as the version that was sold names it; the smallest that offers the speeds when it names
   * none, or when the service was sold slower than its plan.
   * @throws `catalog.profile.unknown`, `catalog.profile.none_fits`
   */
  async of(service: ServiceView) {
    const named = await this.nameOf(service);
    return named === undefined
      ? this.routers.profileFor(service.downloadMbps ?? 0, service.uploadMbps ?? 0)
      : this.routers.profile(named);
  }

  /** The profile that the plan names for the speeds that were sold; none where the speeds alone decide. */
  async nameOf({ planId, planVersion, downloadMbps, uploadMbps }: ServiceView): Promise<string | undefined> {
    const plan = await this.version(planId, planVersion);
    const whole = plan.downloadMbps === downloadMbps && plan.uploadMbps === uploadMbps;
    return whole ? (plan.bandwidthProfile ?? undefined) : undefined;
  }

  private async version(planId: number, planVersion: number): Promise<PlanVersionView> {
    const key = `${planId}/${planVersion}`;
    const known = this.versions.get(key);
    if (known) return known;
    const read = await this.plans.version(ACTOR, planId, planVersion);
    if (this.versions.size >= REMEMBERED) this.versions.clear();
    this.versions.set(key, read);
    return read;
  }
}
