import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PlanQueries, type PlanView, type ServiceType } from '@isp/domain/catalog';
import { CustomerQueries, type CustomerView, customerErrors } from '@isp/domain/customers';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { InstallationAddress, NumberPorting } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { type NewService, ServiceRepository } from './service.repository.js';
import { monthlyOf } from './static-price.js';
import type { ServiceView } from './service.view.js';

/** What every order may say. */
export interface OrderTerms {
  readonly installationAddress?: InstallationAddress | undefined;
  readonly scheduledActivation?: Date | undefined;
  readonly notes?: string | undefined;
}

export interface InternetTerms {
  readonly planId: number;
  /** Mbit/s; the plan's when absent, never more. */
  readonly downloadMbps?: number | undefined;
  readonly uploadMbps?: number | undefined;
  /** GB a month; null for no limit, the plan's when absent. */
  readonly dataLimitGb?: number | null | undefined;
  readonly staticIp?: boolean | undefined;
}

export interface VoiceTerms {
  readonly planId: number;
  /** E.164. */
  readonly phoneNumber?: string | undefined;
  readonly numberPorting?: NumberPorting | undefined;
  readonly features?: Readonly<Record<string, boolean>> | undefined;
}

type Sold = Pick<
  NewService,
  | 'serviceType'
  | 'planId'
  | 'planVersion'
  | 'downloadMbps'
  | 'uploadMbps'
  | 'dataLimitGb'
  | 'staticIp'
  | 'phoneNumber'
  | 'numberPorting'
> &
  Pick<NewService, 'features' | 'monthlyAmount' | 'activationAmount' | 'currency'> & {
    /** Its share of the monthly amount. */
    readonly staticAmount: string;
  };

/** What the orders of all types share: who may buy, what a plan gives, how it is written down. */
@Injectable()
export class ServiceOrders {
  constructor(
    private readonly customers: CustomerQueries,
    private readonly plans: PlanQueries,
    private readonly services: ServiceRepository,
    private readonly facts: ServiceFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `customers.customer.not_found`, `customers.customer.not_active`, `services.schedule.in_the_past` */
  async buyer(actor: Actor, customerId: number, { scheduledActivation }: OrderTerms): Promise<CustomerView> {
    const customer = await this.customers.get(actor, customerId);
    if (customer.status !== 'active' && customer.status !== 'trial') {
      throw customerErrors('customers.customer.not_active', { status: customer.status });
    }
    if (scheduledActivation && scheduledActivation <= this.clock.now()) {
      throw serviceErrors('services.schedule.in_the_past');
    }
    return customer;
  }

  /** @throws `catalog.plan.not_sold`, `catalog.plan.wrong_type`, `services.speed.above_plan`, `services.address.not_in_plan` */
  async internet(actor: Actor, terms: InternetTerms): Promise<Sold> {
    const plan = await this.plans.forOrder(actor, terms.planId, 'internet');
    const most = { download: plan.downloadMbps ?? 0, upload: plan.uploadMbps ?? 0 };
    const wanted = { download: terms.downloadMbps ?? most.download, upload: terms.uploadMbps ?? most.upload };
    if (wanted.download > most.download || wanted.upload > most.upload)
      throw serviceErrors('services.speed.above_plan', most);
    const staticIp = terms.staticIp ?? false;
    if (staticIp && !plan.staticIpAvailable) throw serviceErrors('services.address.not_in_plan');
    return {
      ...sold(plan, 'internet'),
      monthlyAmount: monthlyOf(plan, staticIp),
      staticAmount: staticIp ? plan.staticIpMonthlyAmount : '0',
      downloadMbps: wanted.download,
      uploadMbps: wanted.upload,
      dataLimitGb: terms.dataLimitGb === undefined ? plan.dataLimitGb : terms.dataLimitGb,
      staticIp,
    };
  }

  /** @throws `catalog.plan.not_sold`, `catalog.plan.wrong_type`, `services.porting.number_missing` */
  async voice(actor: Actor, terms: VoiceTerms): Promise<Sold> {
    if (terms.numberPorting && terms.phoneNumber === undefined) throw serviceErrors('services.porting.number_missing');
    const plan = await this.plans.forOrder(actor, terms.planId, 'voice');
    const { phoneNumber = null, numberPorting = null, features = {} } = terms;
    return { ...sold(plan, 'voice'), phoneNumber, numberPorting, features };
  }

  /** @throws `catalog.plan.not_sold`, `catalog.plan.wrong_type`, `services.bundle.parts_differ` */
  async bundle(actor: Actor, planId: number, parts: readonly { readonly planId: number }[]): Promise<Sold> {
    const plan = await this.plans.forOrder(actor, planId, 'bundle');
    const wanted = textOf(plan.parts.flatMap((part) => Array.from({ length: part.quantity }, () => part.planId)));
    const ordered = textOf(parts.map((part) => part.planId));
    // A bundle whose plan names no parts leaves the choice to who orders it.
    if (plan.parts.length > 0 && wanted !== ordered)
      throw serviceErrors('services.bundle.parts_differ', { wanted, ordered });
    return sold(plan, 'bundle');
  }

  /** @throws `services.number.taken` */
  async place(
    actor: Actor,
    customer: CustomerView,
    what: Sold,
    terms: OrderTerms,
    bundle: ServiceView | null = null,
  ): Promise<ServiceView> {
    const service = await this.services.insert(actor, {
      partnerId: customer.partnerId,
      customerId: customer.id,
      bundleId: bundle?.id ?? null,
      installationAddress: terms.installationAddress ?? null,
      scheduledActivation: terms.scheduledActivation ?? null,
      notes: terms.notes ?? null,
      ...what,
      // The price of a bundle is that of its parts together; a static address is not among them.
      ...(bundle ? { monthlyAmount: what.staticAmount, activationAmount: '0', currency: bundle.currency } : {}),
    });
    const { planId, downloadMbps, uploadMbps, bundleId } = service;
    const rates = downloadMbps === null ? {} : { download: downloadMbps, upload: uploadMbps };
    const part = bundleId === null ? {} : { bundle_id: bundleId };
    this.facts.note(actor, 'create', service, { plan_id: planId, customer_id: customer.id, ...rates, ...part });
    this.facts.publish('created', service);
    return service;
  }
}

/** Of plans that are ordered, in the order of their ids. */
function textOf(planIds: readonly number[]): string {
  return `plans ${[...planIds].sort((a, b) => a - b).join(', ')}`;
}

function sold(plan: PlanView, serviceType: ServiceType): Sold {
  return {
    serviceType,
    planId: plan.id,
    planVersion: plan.version,
    downloadMbps: null,
    uploadMbps: null,
    dataLimitGb: null,
    staticIp: false,
    staticAmount: '0',
    phoneNumber: null,
    numberPorting: null,
    features: null,
    monthlyAmount: plan.monthlyAmount,
    activationAmount: plan.activationAmount,
    currency: plan.currency,
  };
}
