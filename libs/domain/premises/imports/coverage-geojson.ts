import { JSONParser } from '@streamparser/json';
import type { Connectivity } from '../areas/area.view.js';
import { type DeliveredArea, areaOf, propertyName } from './coverage.js';
import { FileError, type SourceRow, attempt } from './source.js';

interface Feature {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly geometry?: unknown;
  readonly properties?: unknown;
}

/**
 * The features of a GeoJSON FeatureCollection (RFC 7946), one at a time however long the file.
 * @throws FileError for what is no JSON, or no FeatureCollection
 */
export async function* areasOfGeoJson(
  content: AsyncIterable<Uint8Array>,
  connectivity: Connectivity | null,
): AsyncGenerator<SourceRow<DeliveredArea> & { readonly bytes: number }> {
  const ready: Feature[] = [];
  let failure: Error | undefined;
  const parser = new JSONParser({ paths: ['$.features.*'], keepStack: false });
  parser.onValue = ({ value }) => void ready.push(value as Feature);
  parser.onError = (error) => void (failure ??= error);
  let bytes = 0;
  let row = 0;
  for await (const chunk of content) {
    if (!failure && !parser.isEnded) parser.write(chunk);
    if (failure) throw new FileError(`not valid JSON: ${failure.message.slice(0, 200)}`);
    bytes += chunk.byteLength;
    for (const feature of ready.splice(0)) yield { ...taken((row += 1), feature, connectivity), bytes };
  }
  if (!parser.isEnded) throw new FileError('the JSON ends too early');
  if (row === 0) throw new FileError('there are no features: a GeoJSON FeatureCollection is expected');
}

const taken = (row: number, feature: Feature | null, connectivity: Connectivity | null): SourceRow<DeliveredArea> =>
  attempt(row, () => {
    const given = feature?.properties;
    const properties = given !== null && typeof given === 'object' ? Object.entries(given) : [];
    const named = Object.fromEntries(properties.map(([name, value]) => [propertyName(name), value as unknown]));
    return areaOf({ id: feature?.id, geometry: feature?.geometry, properties: named }, connectivity);
  });
