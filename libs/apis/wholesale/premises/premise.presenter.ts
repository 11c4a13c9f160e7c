import type { PremiseHit, PremiseView } from '@isp/domain/premises';
import { upperUuid } from '@isp/kernel';
import { toIsoOffset, toOrderFlowTime } from '../dates.js';

/** An entry of the address register, fields in the order of the document; `confidence` is ours. */
export function presentPredefinedPremise(hit: PremiseHit, timeZone: string) {
  return {
    id: hit.id,
    guid: upperUuid(hit.registerGuid),
    full_text: hit.fullText,
    latitude: hit.latitude,
    longitude: hit.longitude,
    operator_id: upperUuid(hit.operatorGuid),
    premise_id: upperUuid(hit.guid),
    updated_at: toIsoOffset(hit.updatedAt, timeZone),
    created_at: toIsoOffset(hit.createdAt, timeZone),
    deleted_at: hit.deletedAt && toIsoOffset(hit.deletedAt, timeZone),
    area_id: hit.areaGuid && upperUuid(hit.areaGuid),
    confidence: hit.confidence,
  };
}

/** The premise of the order flow, fields in the order of its document. */
export function presentPremise(premise: PremiseView, timeZone: string) {
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
    // In the order flow a premise has its service from the order on.
    status: premise.status === 'vacant' ? 'No Existing Service' : 'Has Existing Service',
  };
}
