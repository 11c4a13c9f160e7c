import { CONNECTIVITIES, type Connectivity } from '../areas/area.view.js';
import type { AreaValues } from '../areas/area-store.js';
import { type GeoJsonGeometry, type Part, partsOf } from '../areas/outline.js';
import { RowError, dateOf, textOf } from './source.js';

export interface DeliveredArea {
  readonly key: string;
  readonly values: AreaValues;
  readonly parts: readonly Part[];
}

/** A feature of either format, before it is checked. */
export interface RawFeature {
  readonly id: unknown;
  readonly geometry: unknown;
  /** Names in lower case with underscores. */
  readonly properties: Readonly<Record<string, unknown>>;
}

const MAX_TEXT = 200;

/**
 * A coverage area out of a feature: `external_key` (or `key`, or the feature's id), `name`, `connectivity`, `live_on`,
 * `planned_on`, `operator_id` among its properties; others are left alone.
 */
export function areaOf({ id, geometry, properties }: RawFeature, connectivity: Connectivity | null): DeliveredArea {
  const key = textOf(
    properties['external_key'] ?? properties['key'] ?? id ?? properties['id'],
    'external_key',
    MAX_TEXT,
  );
  const name = textOf(properties['name'], 'name', MAX_TEXT) ?? key;
  if (key === null || name === null) throw new RowError('the feature has neither an id nor an external_key');
  const values: AreaValues = {
    externalKey: key,
    name,
    connectivity: connectivityOf(properties['connectivity'] ?? properties['status'], connectivity),
    liveOn: dateOf(properties['live_on'], 'live_on'),
    plannedOn: dateOf(properties['planned_on'], 'planned_on'),
    operatorGuid: operatorOf(properties['operator_id']),
  };
  if (geometry === null || typeof geometry !== 'object') throw new RowError('the feature has no geometry');
  return { key, values, parts: partsOf(geometry as GeoJsonGeometry) };
}

function connectivityOf(value: unknown, otherwise: Connectivity | null): Connectivity {
  const word = textOf(value, 'connectivity', MAX_TEXT)?.toLowerCase() ?? otherwise;
  if (word === null) throw new RowError('the feature does not say its connectivity, nor does the import');
  const known = CONNECTIVITIES.find((one) => one === word);
  if (!known) throw new RowError(`connectivity must be one of ${CONNECTIVITIES.join(', ')}, not ${word}`);
  return known;
}

function operatorOf(value: unknown): string | null {
  const guid = textOf(value, 'operator_id', MAX_TEXT);
  if (guid !== null && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid))
    throw new RowError('operator_id must be a GUID');
  return guid;
}

export const propertyName = (name: string): string => name.trim().toLowerCase().replace(/[ -]/g, '_');
