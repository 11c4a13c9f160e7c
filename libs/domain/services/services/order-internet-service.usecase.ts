import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PlanQueries, type PlanView } from '@isp/domain/catalog';
import { CustomerQueries, customerErrors } from '@isp/domain/customers';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { InstallationAddress } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const INSERT = statement(
  'services-insert-internet',
  `INSERT INTO services AS s (partner_id, customer_id, service_type, plan_id, plan_version, download_mbps, upload_mbps, data_limit_gb, static_ip,
                         monthly_amount, activation_amount, currency, installation_address, scheduled_activation, notes)
   VALUES ($1, $2, 'internet', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${SERVICE_COLUMNS}`,
);

export interface OrderInternetServiceInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly planId: number;
  /** Mbit/s; the plan's when absent, never more. */
  readonly downloadMbps?: number | undefined;
  readonly uploadMbps?: number | undefined;
  /** GB a month; null for no limit, the plan's when absent. */
  readonly dataLimitGb?: number | null | undefined;
  readonly staticIp?: boolean | undefined;
  readonly installationAddress?: InstallationAddress | undefined;
  readonly scheduledActivation?: Date | undefined;
  readonly notes?: string | undefined;
}

/**
 * Sells an internet service to a customer, at the plan's price of this moment.
 * @throws `customers.customer.not_found`, `customers.customer.not_active`, `catalog.plan.not_sold`,
 *   `catalog.plan.wrong_type`, `services.speed.above_plan`, `services.schedule.in_the_past`
 */
@Injectable()
export class OrderInternetService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly plans: PlanQueries,
    private readonly facts: ServiceFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: OrderInternetServiceInput): Promise<ServiceView> {
    const { actor } = input;
    return this.uow.run(actor, async (tx) => {
      const [customer, plan] = await Promise.all([
        this.customers.get(actor, input.customerId),
        this.plans.forOrder(actor, input.planId, 'internet'),
      ]);
      if (customer.status !== 'active' && customer.status !== 'trial') {
        throw customerErrors('customers.customer.not_active', { status: customer.status });
      }
      const speeds = this.speedsOf(input, plan);
      const service = (await tx.one<ServiceView>(INSERT, [
        customer.partnerId,
        customer.id,
        plan.id,
        plan.version,
        speeds.download,
        speeds.upload,
        input.dataLimitGb === undefined ? plan.dataLimitGb : input.dataLimitGb,
        input.staticIp ?? false,
        plan.monthlyAmount,
        plan.activationAmount,
        plan.currency,
        input.installationAddress ? JSON.stringify(input.installationAddress) : null,
        input.scheduledActivation ?? null,
        input.notes ?? null,
      ])) as ServiceView;
      this.facts.note(actor, 'create', service, { plan_id: plan.id, customer_id: customer.id, ...speeds });
      this.facts.publish('created', service);
      return service;
    });
  }

  private speedsOf(input: OrderInternetServiceInput, plan: PlanView): { download: number; upload: number } {
    const most = { download: plan.downloadMbps ?? 0, upload: plan.uploadMbps ?? 0 };
    const wanted = { download: input.downloadMbps ?? most.download, upload: input.uploadMbps ?? most.upload };
    if (wanted.download > most.download || wanted.upload > most.upload)
      throw serviceErrors('services.speed.above_plan', most);
    if (input.scheduledActivation && input.scheduledActivation <= this.clock.now()) {
      throw serviceErrors('services.schedule.in_the_past');
    }
    return wanted;
  }
}
