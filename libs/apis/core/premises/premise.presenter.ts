import type { PremiseHistoryView, PremiseView } from '@isp/domain/premises';
import { toIsoSeconds } from '@isp/kernel';

export function presentPremise(premise: PremiseView) {
  return {
    id: premise.id,
    guid: premise.guid,
    predefined_premise_guid: premise.registerGuid,
    external_key: premise.externalKey,
    operator_id: premise.operatorGuid,
    area_id: premise.areaId,
    full_text: premise.fullText,
    name: premise.name,
    street_number: premise.streetNumber,
    street_name: premise.streetName,
    intersection: premise.intersection,
    plot_number: premise.plotNumber,
    mdu_name: premise.mduName,
    mdu_block: premise.mduBlock,
    mdu_floor: premise.mduFloor,
    mdu_unit: premise.mduUnit,
    suburb: premise.suburb,
    city: premise.city,
    province: premise.province,
    postal_code: premise.postalCode,
    country_code: premise.countryCode,
    reference: premise.reference,
    asset_reference: premise.assetReference,
    type_id: premise.typeId,
    latitude: premise.latitude,
    longitude: premise.longitude,
    status: premise.status,
    service_id: premise.serviceId,
    created_at: toIsoSeconds(premise.createdAt),
    updated_at: toIsoSeconds(premise.updatedAt),
  };
}

export function presentChange({ id, version, at, actor, changes }: PremiseHistoryView) {
  return { id, version, at: toIsoSeconds(at), actor, changes };
}
