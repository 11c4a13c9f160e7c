import sax from 'sax';
import type { Connectivity } from '../areas/area.view.js';
import { type DeliveredArea, type RawFeature, areaOf, propertyName } from './coverage.js';
import { FileError, RowError, type SourceRow, attempt } from './source.js';

type Position = readonly number[];

/** A placemark while it is read. */
class Placemark {
  readonly properties: Record<string, string> = {};
  readonly polygons: Position[][][] = [];
  dataName = '';

  constructor(readonly id: string | undefined) {}

  get feature(): RawFeature {
    const geometry = this.polygons.length > 0 ? { type: 'MultiPolygon', coordinates: this.polygons } : null;
    return { id: this.id, geometry, properties: this.properties };
  }
}

/**
 * The placemarks of a KML file (OGC KML 2.2: Polygon and MultiGeometry, ExtendedData), one at a time.
 * Entities that a file declares itself are not expanded.
 * @throws FileError for what is no well-formed XML, or no KML
 */
export async function* areasOfKml(
  content: AsyncIterable<Uint8Array>,
  connectivity: Connectivity | null,
): AsyncGenerator<SourceRow<DeliveredArea> & { readonly bytes: number }> {
  const reader = new KmlReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let row = 0;
  const next = function* (): Generator<SourceRow<DeliveredArea> & { readonly bytes: number }> {
    for (const place of reader.ready.splice(0)) {
      row += 1;
      yield { ...attempt(row, () => areaOf(refusing(place), connectivity)), bytes };
    }
  };
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    reader.write(decode(decoder, chunk));
    yield* next();
  }
  reader.write(decode(decoder));
  reader.end();
  yield* next();
  if (!reader.isKml) throw new FileError('there is no KML in it');
}

function refusing(place: Placemark): RawFeature {
  if (place.polygons.length === 0) throw new RowError('the placemark has no polygon');
  return place.feature;
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new FileError('the file is not UTF-8');
  }
}

class KmlReader {
  readonly ready: Placemark[] = [];
  isKml = false;
  private readonly parser = sax.parser(true, { trim: true, normalize: false, xmlns: false });
  private readonly path: string[] = [];
  private place: Placemark | undefined;
  private text = '';

  constructor() {
    this.parser.onopentag = ({ name, attributes }) => this.open(local(name), attributes as Record<string, string>);
    this.parser.onclosetag = (name) => this.close(local(name));
    this.parser.ontext = (text) => void (this.text += text);
    this.parser.oncdata = (text) => void (this.text += text);
    this.parser.onerror = (error) => {
      throw new FileError(`not well-formed XML: ${error.message.split('\n')[0] ?? ''}`);
    };
  }

  write(text: string): void {
    this.parser.write(text);
  }

  end(): void {
    this.parser.close();
  }

  private open(name: string, attributes: Record<string, string>): void {
    this.path.push(name);
    this.text = '';
    if (name === 'kml') this.isKml = true;
    if (name === 'Placemark') this.place = new Placemark(attributes['id']);
    if (!this.place) return;
    if (name === 'Polygon') this.place.polygons.push([]);
    if (name === 'Data' || name === 'SimpleData') this.place.dataName = attributes['name'] ?? '';
  }

  private close(name: string): void {
    const { place } = this;
    const text = this.text.trim();
    this.path.pop();
    this.text = '';
    if (!place) return;
    if (name === 'name' && this.path.at(-1) === 'Placemark') place.properties['name'] = text;
    if (name === 'value' || name === 'SimpleData') place.properties[propertyName(place.dataName)] = text;
    if (name === 'coordinates' && this.path.includes('Polygon')) this.ring(place, text);
    if (name !== 'Placemark') return;
    this.ready.push(place);
    this.place = undefined;
  }

  /** The outline comes first, whatever the order in the file. */
  private ring(place: Placemark, text: string): void {
    const ring = text
      .split(/\s+/)
      .map((tuple) => tuple.split(',').map((number) => (number === '' ? NaN : Number(number))));
    const rings = place.polygons.at(-1);
    if (this.path.includes('outerBoundaryIs')) rings?.unshift(ring);
    else rings?.push(ring);
  }
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
