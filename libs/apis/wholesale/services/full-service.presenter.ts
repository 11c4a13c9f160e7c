import type { CustomerView } from '@isp/domain/customers';
import type { PremiseView } from '@isp/domain/premises';
import type { WorkOrderView } from '@isp/domain/work-orders';
import { presentCustomer } from '../customers/customer.presenter.js';
import { presentPremise } from '../premises/premise.presenter.js';
import { presentWorkOrder } from '../work-orders/work-order.presenter.js';
import type { Owner, presentService } from './service.presenter.js';

interface Belongings {
  readonly customer: CustomerView;
  readonly premise: PremiseView | undefined;
  readonly workOrders: readonly WorkOrderView[];
}

/** A service with its customer, its premise and its work orders. */
export function presentFullService(
  service: ReturnType<typeof presentService>,
  { customer, premise, workOrders }: Belongings,
  owner: Owner,
) {
  return {
    customer: presentCustomer(customer, owner),
    premise: premise ? presentPremise(premise, owner.timeZone) : null,
    service,
    work_orders: workOrders.map((order) => presentWorkOrder(order, owner.timeZone)),
  };
}
