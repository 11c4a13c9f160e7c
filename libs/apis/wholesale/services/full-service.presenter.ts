import type { CustomerView } from '@isp/domain/customers';
import type { PremiseView } from '@isp/domain/premises';
import type { WorkOrderView } from '@isp/domain/work-orders';
import { upperUuid } from '@isp/kernel';
import { presentCustomer } from '../customers/customer.presenter.js';
import { toOrderFlowTime } from '../dates.js';
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
    premise: premise ? presentPlace(premise, owner.timeZone) : null,
    service,
    work_orders: workOrders.map((order) => presentWorkOrder(order, owner.timeZone)),
  };
}

/** The premise of the order flow, fields in the order of its document. */
function presentPlace(premise: PremiseView, timeZone: string) {
  return {
    id: upperUuid(premise.guid),
    area_id: premise.areaGuid && upperUuid(premise.areaGuid),
    latitude: premise.latitude,
    longitude: premise.longitude,
    reference: premise.reference,
    external_reference: upperUuid(premise.registerGuid),
    asset_reference: premise.assetReference,
    mdu_block: premise.mduBlock,
    mdu_floor: premise.mduFloor,
    plot_number: premise.plotNumber,
    street_number: premise.streetNumber,
    street_name: premise.streetName,
    intersection: premise.intersection,
    suburb: premise.suburb,
    city: premise.city,
    country_code: premise.countryCode,
    postal_code: premise.postalCode,
    province: premise.province,
    mdu_name: premise.mduName,
    mdu_unit: premise.mduUnit,
    customer_id: premise.customerGuid && upperUuid(premise.customerGuid),
    name: premise.name,
    type_id: premise.typeId,
    created_at: toOrderFlowTime(premise.createdAt, timeZone),
    updated_at: toOrderFlowTime(premise.updatedAt, timeZone),
    status: premise.status === 'vacant' ? 'No Service' : 'Has Existing Service',
  };
}
