import { Readable, pipeline } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { type DeliveredPremise, type DeliveredValues, deliveredPremise } from '../register/delivery.js';
import { inOneLine, keyOfAddress } from '../register/address-line.js';
import { DELIVERED_COLUMNS, type DeliveredColumn } from '../register/premise.statements.js';
import { wordsOf } from '../search/words.js';
import { FileError, RowError, type SourceRow, attempt, degreesOf, textOf } from './source.js';

/** What columns are also called. */
const NAMES: Readonly<Record<string, string>> = {
  id: 'key',
  external_key: 'key',
  external_id: 'key',
  address: 'full_text',
  full_address: 'full_text',
  lat: 'latitude',
  lng: 'longitude',
  lon: 'longitude',
  postcode: 'postal_code',
  country: 'country_code',
  unit: 'mdu_unit',
  floor: 'mdu_floor',
  block: 'mdu_block',
  building: 'mdu_name',
};
const KNOWN = new Set<string>(['key', ...DELIVERED_COLUMNS]);
const MAX_TEXT = 200;
const MAX_FULL_TEXT = 500;
const MAX_RECORD_BYTES = 64 * 1024;
const PIECE_BYTES = 32 * 1024;

type Record_ = Readonly<Record<string, string | undefined>>;
interface Parsed {
  readonly record: Record_;
  readonly info: Info & { readonly error?: unknown };
}

/**
 * Addresses of a CSV file (RFC 4180, UTF-8, a header line, any order of columns), one at a time.
 * @throws FileError for a file that is no CSV, has no header, or has columns that nobody knows
 */
export async function* addressesOf(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<SourceRow<DeliveredPremise> & { readonly bytes: number }> {
  const parser = parse({
    bom: true,
    columns: headerOf,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
    encoding: 'utf8',
  });
  // A failure surfaces through the parser.
  pipeline(Readable.from(inPieces(content)), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      yield { ...attempt(info.lines, () => addressOf(record, info)), bytes: info.bytes };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new FileError(`not valid CSV: ${error.message}`);
    throw error;
  }
}

/** The parser makes rows of all that it is given at once, however many nobody has asked for yet. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of content)
    for (let from = 0; from < part.byteLength; from += PIECE_BYTES) yield part.subarray(from, from + PIECE_BYTES);
}

function headerOf(header: readonly string[]): string[] {
  const names = header.map((title) => {
    const name = title.trim().toLowerCase().replace(/[ -]/g, '_');
    return NAMES[name] ?? name;
  });
  const unknown = names.filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) throw new FileError(`nobody knows the columns ${unknown.join(', ').slice(0, 200)}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new FileError(`the column ${twice} is there twice`);
  for (const needed of ['latitude', 'longitude'])
    if (!names.includes(needed)) throw new FileError(`the column ${needed} is missing`);
  if (!names.includes('full_text') && !names.includes('street_name'))
    throw new FileError('there is neither a column full_text nor street_name');
  return names;
}

function addressOf(record: Record_, { error, lines }: Parsed['info']): DeliveredPremise {
  if (error) throw new RowError('the row has more or fewer columns than the header');
  const parts = Object.fromEntries(
    DELIVERED_COLUMNS.map((column) => [
      column,
      textOf(record[column], column, column === 'full_text' ? MAX_FULL_TEXT : MAX_TEXT),
    ]),
  ) as Record<DeliveredColumn, string | null>;
  const country = parts.country_code?.toUpperCase() ?? null;
  if (country !== null && !/^[A-Z]{2}$/.test(country))
    throw new RowError(`country_code must be two letters, not ${country}`);
  if (!(parts.full_text ?? parts.street_name ?? parts.mdu_name ?? parts.plot_number))
    throw new RowError('the row has neither full_text nor street_name');
  const full = parts.full_text ?? inOneLine({ ...parts, country_code: country });
  if (wordsOf(full).length === 0) throw new RowError('the address says nothing');
  const values: DeliveredValues = {
    ...parts,
    country_code: country,
    full_text: full,
    latitude: degreesOf(record['latitude'], 'latitude', 90),
    longitude: degreesOf(record['longitude'], 'longitude', 180),
  };
  return deliveredPremise(lines, textOf(record['key'], 'key', MAX_TEXT) ?? keyOfAddress(full), values);
}
