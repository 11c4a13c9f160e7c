import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actor, closeServices, openServices, sql, use } from '../../../../test/support/services-world.js';
import { corpusCsv } from '../../../../test/bench/premise-corpus.js';
import { ImportFile, type ImportKind, ImportQueries, PremisesModule, ReceiveImport, RunImport } from '../index.js';

beforeAll(() => openServices(PremisesModule), 120_000);
afterAll(closeServices);

const PAGE = { limit: 100, offset: 0 };
/** In pieces that cut rows, and characters, anywhere. */
const pieces = (text: string, size = 37) =>
  async function* (): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  };
const take = (kind: ImportKind, text: string, more: { dryRun?: boolean; connectivity?: 'live' } = {}) =>
  use(ImportFile).execute({ actor, kind, content: pieces(text), ...more });
const counts = ({ created, changed, unchanged, rejected, status, error }: Awaited<ReturnType<typeof take>>) =>
  [status, created, changed, unchanged, rejected, ...(error ? [error] : [])] as const;
const rows = async (id: number) =>
  (await use(ImportQueries).rows(actor, id, undefined, PAGE)).rows.map(({ row, outcome, message }) => [
    row,
    outcome,
    message,
  ]);
const count = async (where = 'true') =>
  (await sql<{ n: number }>(`SELECT count(*)::integer AS n FROM premises WHERE ${where}`))[0]?.n;

const HEADER = 'id,address,suburb,lat,lng\r\n';
const GOOD = 'A1,"1, Élan ""North"" Street",Spec,1.5,2.5\r\n';

describe('addresses as CSV', () => {
  it('are taken row by row: right ones in, the others told why', async () => {
    const file =
      '\ufeff' +
      HEADER +
      GOOD +
      'A2,2 Elan Street,Spec,91,2\r\n' +
      'A3,,Spec,1,2\r\n' +
      'A4,4 Elan Street,Spec,1\r\n' +
      'A5,5 Elan Street,Spec,1e1,2\r\n' +
      'A6,6 Elan Street,Spec,1,2\r\n' +
      'A6,6b Elan Street,Spec,1,2\r\n';
    const done = await take('addresses_csv', file);
    expect(counts(done)).toEqual(['succeeded', 2, 0, 0, 5]);
    expect(await rows(done.id)).toEqual([
      [2, 'created', null],
      [3, 'rejected', 'latitude must be between -90 and 90, not 91'],
      [4, 'rejected', 'the row has neither full_text nor street_name'],
      [5, 'rejected', 'the row has more or fewer columns than the header'],
      [6, 'rejected', 'latitude must be between -90 and 90, not 1e1'],
      [7, 'rejected', 'row 8 has the same key'],
      [8, 'created', null],
    ]);
    expect(await count(`full_text = '1, Élan "North" Street' AND latitude = 1.5 AND suburb = 'Spec'`)).toBe(1);
  });

  it('change only what changed when they come again, and nothing at all in a dry run', async () => {
    const before = await sql('SELECT id, version, updated_at, full_text FROM premises ORDER BY id');
    expect(counts(await take('addresses_csv', HEADER + GOOD))).toEqual(['succeeded', 0, 0, 1, 0]);
    const other = HEADER + GOOD.replace('Spec', 'Other') + 'A9,9 Elan Street,Spec,1,2\r\n';
    expect(counts(await take('addresses_csv', other, { dryRun: true }))).toEqual(['succeeded', 1, 1, 0, 0]);
    expect(await sql('SELECT id, version, updated_at, full_text FROM premises ORDER BY id')).toEqual(before);
    expect(counts(await take('addresses_csv', other))).toEqual(['succeeded', 1, 1, 0, 0]);
    const history = await sql<{ changes: unknown }>(
      `SELECT h.changes FROM premise_history h JOIN premises p ON p.id = h.premise_id WHERE p.external_key = 'A1'`,
    );
    expect(history).toEqual([{ changes: { suburb: ['Spec', 'Other'] } }]);
  });

  it.each([
    ['no header that is known', 'a,b\n1,2\n', /nobody knows the columns a, b/],
    ['no place', 'key,full_text\n1,2\n', /the column latitude is missing/],
    ['a quote that never ends', `${HEADER}A1,"1, Open,Spec,1,2\n`, /not valid CSV/],
    ['a column twice', 'key,id,full_text,latitude,longitude\n', /the column key is there twice/],
  ])('end with the reason when the file is none: %s', async (_, file, reason) => {
    const done = await take('addresses_csv', file);
    expect([done.status, done.error]).toEqual(['failed', expect.stringMatching(reason)]);
  });

  it('go on behind the last batch when their run was cut short', async () => {
    const text = [...corpusCsv(6_000)].join('');
    const { id } = await use(ReceiveImport).open({ actor, kind: 'addresses_csv' });
    const bytes = Buffer.from(text);
    await use(ReceiveImport).putPart(actor, id, 1, bytes.subarray(0, 500_001));
    await use(ReceiveImport).putPart(actor, id, 2, bytes.subarray(500_001));
    await use(ReceiveImport).start(actor, id, { job: false });
    const cut = new AbortController();
    const onProgress = () => cut.abort();
    await expect(use(RunImport).execute(id, { signal: cut.signal, onProgress })).rejects.toThrow();
    const half = await use(ImportQueries).get(actor, id);
    expect([half.status, half.rows, await count(`external_key LIKE 'C-%'`)]).toEqual(['running', 2_500, 2_500]);
    const both = await Promise.allSettled([use(RunImport).execute(id), use(RunImport, 1).execute(id)]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    const done = await use(ImportQueries).get(actor, id);
    expect([done.status, done.rows, done.created, done.bytesDone]).toEqual(['succeeded', 6_000, 6_000, bytes.length]);
    expect(await count(`external_key LIKE 'C-%'`)).toBe(6_000);
    expect(await sql('SELECT 1 FROM premise_import_chunks')).toEqual([]);
  }, 60_000);

  it('stop when they are cancelled', async () => {
    const { id } = await use(ReceiveImport).open({ actor, kind: 'addresses_csv' });
    await expect(use(ReceiveImport).start(actor, id)).rejects.toMatchObject({ code: 'premises.import.incomplete' });
    await use(ReceiveImport).putPart(actor, id, 1, Buffer.from(HEADER + GOOD));
    await use(ReceiveImport).cancel(actor, id);
    expect(await use(RunImport).execute(id)).toBeUndefined();
    await expect(use(ReceiveImport).cancel(actor, id)).rejects.toMatchObject({ code: 'premises.import.over' });
  });
});

const RING = '[[1,1],[2,1],[2,2],[1,1]]';
const feature = (id: string, more: string, geometry = `{"type":"Polygon","coordinates":[${RING}]}`) =>
  `{"type":"Feature","id":"${id}","properties":{"name":"Area ${id}"${more}},"geometry":${geometry}}`;
const collection = (...features: string[]) => `{"type":"FeatureCollection","features":[${features.join()}]}`;

describe('coverage as GeoJSON', () => {
  it('is drawn feature by feature, and redrawn only where it changed', async () => {
    const live = ',"connectivity":"live"';
    const bad = feature('bad', live, '{"type":"Polygon","coordinates":[[[1,1],[2,1],[1,1]]]}');
    const file = collection(
      feature('g1', live),
      bad,
      feature('g2', ',"connectivity":"soon"'),
      feature('g3', ',"live_on":"2030-02-30","connectivity":"planned"'),
    );
    const done = await take('coverage_geojson', file);
    expect(counts(done)).toEqual(['succeeded', 1, 0, 0, 3]);
    const messages = (await rows(done.id)).map(([, , message]) => message);
    expect(messages).toEqual([
      null,
      'The outline of the area is not valid: part 1, outline needs at least 3 different points.',
      'connectivity must be one of live, building, planned, not soon',
      'live_on must be a date, YYYY-MM-DD, not 2030-02-30',
    ]);
    expect(counts(await take('coverage_geojson', collection(feature('g1', live))))).toEqual(['succeeded', 0, 0, 1, 0]);
    const moved = feature('g1', live, `{"type":"MultiPolygon","coordinates":[[${RING.replace('[2,2]', '[2,3]')}]]}`);
    expect(counts(await take('coverage_geojson', collection(moved)))).toEqual(['succeeded', 0, 1, 0, 0]);
    expect(counts(await take('coverage_geojson', collection(feature('g4', '')), { connectivity: 'live' }))).toEqual([
      'succeeded',
      1,
      0,
      0,
      0,
    ]);
  });

  it.each([
    ['no JSON', 'hello', /not valid JSON/],
    ['cut off', collection(feature('x', '')).slice(0, -20), /ends too early|not valid JSON/],
    ['no features', '{"type":"Point"}', /there are no features/],
  ])('ends with the reason when the file is none: %s', async (_, file, reason) => {
    const done = await take('coverage_geojson', file);
    expect([done.status, done.error]).toEqual(['failed', expect.stringMatching(reason)]);
  });
});

describe('coverage as KML', () => {
  const placemark = (id: string, body: string) => `<Placemark id="${id}"><name>Área ${id}</name>${body}</Placemark>`;
  const ring = (kind: string, text: string) =>
    `<${kind}><LinearRing><coordinates>\n${text}\n</coordinates></LinearRing></${kind}>`;
  const outer = ring('outerBoundaryIs', '10,10,0 12,10,0 12,12,0 10,10,0');
  const inner = ring('innerBoundaryIs', '11.2,10.2 11.5,10.2 11.5,10.5 11.2,10.2');
  const kml = (...places: string[]) =>
    `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>All</name><Folder>${places.join('')}</Folder></Document></kml>`;
  const data = '<ExtendedData><Data name="Connectivity"><value>building</value></Data></ExtendedData>';

  it('is drawn with holes and parts', async () => {
    const done = await take(
      'coverage_kml',
      kml(
        placemark('k1', `${data}<Polygon>${inner}${outer}</Polygon>`),
        placemark('k2', `${data}<MultiGeometry><Polygon>${outer}</Polygon><Polygon>${outer}</Polygon></MultiGeometry>`),
        placemark('k3', '<Point><coordinates>1,1</coordinates></Point>'),
      ),
    );
    expect(counts(done)).toEqual(['succeeded', 2, 0, 0, 1]);
    const drawn = await sql<{ name: string; rings: string; connectivity: string }>(
      `SELECT a.name, a.connectivity, string_agg(r.part || r.kind, ' ' ORDER BY r.part, r.ring) AS rings
         FROM areas a JOIN area_rings r ON r.area_id = a.id WHERE a.external_key LIKE 'k_' GROUP BY 1, 2 ORDER BY 1`,
    );
    expect(drawn).toEqual([
      { name: 'Área k1', connectivity: 'building', rings: '0include 0exclude' },
      { name: 'Área k2', connectivity: 'building', rings: '0include 1include' },
    ]);
  });

  it.each([
    ['no XML', 'hello', /not well-formed XML/],
    ['another XML', '<gpx></gpx>', /there is no KML in it/],
    ['cut off', kml(placemark('k9', '')).slice(0, -30), /not well-formed XML/],
    [
      'entities that grow',
      '<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>',
      /not well-formed XML/,
    ],
  ])('ends with the reason when the file is none: %s', async (_, file, reason) => {
    const done = await take('coverage_kml', file);
    expect([done.status, done.error]).toEqual(['failed', expect.stringMatching(reason)]);
  });
});
