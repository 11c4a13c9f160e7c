import { networkErrors } from '../../network.errors.js';
import { type DeviceReading, READINGS, READING_NAMES, type ReadingName, readingOf } from '../status-driver.port.js';

/** How one reading is asked, and what the answer means. */
export interface OidEntry {
  /** Dotted, with `{pon}`, `{onu}`, `{index}` for the place of an ONT on its OLT and `settings.index`. */
  readonly oid: string;
  /** Multiplies a figure: 0.01 for hundredths. */
  readonly scale?: number | undefined;
  /** Added after scaling. */
  readonly offset?: number | undefined;
  /** Answers that mean "no value": 2147483647, "N/A". */
  readonly invalid?: readonly (number | string)[] | undefined;
  /** What an answer stands for: {"1": "online", "2": "offline"}. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

export type OidMap = Readonly<Partial<Record<ReadingName, OidEntry>>>;

/** As SNMP carried it: a number, a 64-bit count as digits, or octets as text. */
export type SnmpAnswer = number | string | null;

const OID = /^[0-2](\.\d{1,10}){1,126}$/;
/** No text of a device is worth more. */
const TEXT_LIMIT = 255;

export interface OidPlace {
  readonly pon: string | null;
  readonly onu: number | null;
  readonly index: string | null;
}

/** What to ask of a device: readings with whole object identifiers. @throws `network.device.misconfigured` */
export function questionsOf(map: unknown, place: OidPlace): (readonly [ReadingName, string])[] {
  const entries = (map ?? {}) as OidMap;
  const names = READING_NAMES.filter((name) => entries[name] !== undefined);
  if (names.length === 0) throw misconfigured('its model has no OIDs');
  return names.map((name) => [name, resolved((entries[name] as OidEntry).oid, place)] as const);
}

function resolved(template: string, place: OidPlace): string {
  const oid = template.replace(/\{(pon|onu|index)\}/g, (_, name: keyof OidPlace) => {
    const value = place[name];
    if (value === null) throw misconfigured(`${name} is not known`);
    return String(value);
  });
  if (!OID.test(oid)) throw misconfigured(`${template} is no OID here`);
  return oid;
}

function misconfigured(reason: string): Error {
  return networkErrors('network.device.misconfigured', { reason });
}

/** Answers as a reading; what is absent, marked invalid or not of the right kind is null. */
export function readingFrom(map: unknown, answers: ReadonlyMap<ReadingName, SnmpAnswer>): DeviceReading {
  const entries = map as OidMap;
  const known: Partial<Record<ReadingName, unknown>> = {};
  for (const [name, answer] of answers) {
    const entry = entries[name];
    if (entry && answer !== null && !entry.invalid?.some((bad) => String(bad) === String(answer)))
      known[name] = valueOf(name, entry, answer);
  }
  return readingOf(known as Partial<DeviceReading>);
}

function valueOf(name: ReadingName, entry: OidEntry, answer: number | string): unknown {
  const meaning = entry.values ? (entry.values[String(answer)] ?? null) : undefined;
  switch (READINGS[name]) {
    case 'online':
      return meaning === 'online' ? true : meaning === 'offline' ? false : null;
    case 'text':
      return String(meaning === undefined ? answer : (meaning ?? answer)).slice(0, TEXT_LIMIT) || null;
    case 'counter':
      return /^\d{1,20}$/.test(String(answer)) ? String(answer) : null;
    case 'number':
      return figure(entry, answer);
  }
}

function figure({ scale = 1, offset = 0 }: OidEntry, answer: number | string): number | null {
  if (typeof answer === 'string' && !/^\s*[-+]?\d+(\.\d+)?\s*(dBm|C|V|%|m)?\s*$/.test(answer)) return null;
  const value = (typeof answer === 'number' ? answer : Number.parseFloat(answer)) * scale + offset;
  // Decimal noise of the scaling (-19.430000000000003) is nobody's reading.
  return Number.isFinite(value) ? Number(value.toFixed(4)) : null;
}
