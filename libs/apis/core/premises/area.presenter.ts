import type { AreaValues, AreaView } from '@isp/domain/premises';
import { toIsoSeconds } from '@isp/kernel';
import type { ChangeAreaBody } from './area.schema.js';

export function presentArea(area: AreaView) {
  return {
    id: area.id,
    guid: area.guid,
    operator_id: area.operatorGuid,
    external_key: area.externalKey,
    name: area.name,
    connectivity: area.connectivity,
    live_on: area.liveOn,
    planned_on: area.plannedOn,
    created_at: toIsoSeconds(area.createdAt),
    updated_at: toIsoSeconds(area.updatedAt),
  };
}

/** The facts of a body as the domain words them; what is absent stays absent. */
export function factsOf<T extends Omit<ChangeAreaBody, 'geometry'>>(body: T) {
  const {
    live_on: liveOn,
    planned_on: plannedOn,
    external_key: externalKey,
    operator_id: operatorGuid,
    ...rest
  } = body;
  const facts = { liveOn, plannedOn, externalKey, operatorGuid };
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { ...rest, ...(given as Partial<AreaValues>) };
}
