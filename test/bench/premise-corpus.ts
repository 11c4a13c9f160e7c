/** A number that follows from others, evenly spread over 0 to 1. */
export function chance(...seeds: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ seed, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
  }
  return (hash >>> 0) / 2 ** 32;
}

const STARTS =
  'ba be bo bra ca cha dol el fa gra hal hol jan kel kor la lin ma mer mon nor oak pal pin qua ran rob sa sil sto tan tor val ver wes wil yar zan'.split(
    ' ',
  );
const MIDDLES = 'b d f g k l m n r s t v br dr nd rg st th'.split(' ');
const ENDS =
  'ah an ard ay eld elle en er ey ford ham ia ing is iver ley low mere on or ow stead ton ville wick wood'.split(' ');
const KINDS = 'Street Road Avenue Lane Drive Close Crescent Way Place Boulevard'.split(' ');
const PROVINCES = ['Gauteng', 'Kwazulu Natal', 'Western Cape', 'Limpopo', 'Free State', 'Mpumalanga'];

const pick = <T>(list: readonly T[], ...seeds: readonly number[]): T =>
  list[Math.floor(chance(...seeds) * list.length)] as T;

function nameOf(n: number): string {
  const vowels = 'aeiou';
  const word =
    pick(STARTS, n, 1) +
    pick(MIDDLES, n, 2) +
    (chance(n, 3) < 0.5 ? vowels[n % 5] + pick(MIDDLES, n, 4) : '') +
    pick(ENDS, n, 5);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export interface CorpusAddress {
  readonly key: string;
  readonly unit: string | undefined;
  readonly number: string;
  readonly street: string;
  readonly suburb: string;
  readonly city: string;
  readonly postalCode: string;
  readonly province: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly line: string;
}

const STREETS_PER_SUBURB = 40;
const HOUSES_PER_STREET = 50;

/** The n-th address of a made-up country: houses along streets of suburbs, one in eight a flat in a house. */
export function addressNumber(n: number): CorpusAddress {
  const house = n % HOUSES_PER_STREET;
  const streetNumber = Math.floor(n / HOUSES_PER_STREET);
  const suburbNumber = Math.floor(streetNumber / STREETS_PER_SUBURB);
  const cityNumber = Math.floor(suburbNumber / 10);
  const flat = house % 8 === 7;
  const number = String(1 + (flat ? house - 1 : house) * 2 + Math.floor(chance(streetNumber, 11) * 2));
  const unit = flat ? `Unit ${1 + Math.floor(chance(n, 12) * 20)}` : undefined;
  const street = `${nameOf(10_000 + Math.floor(chance(streetNumber, 13) * 6_000))} ${pick(KINDS, streetNumber, 14)}`;
  const suburb = nameOf(50_000 + suburbNumber);
  const city = nameOf(90_000 + cityNumber);
  const postalCode = String(1000 + suburbNumber * 7);
  const province = pick(PROVINCES, cityNumber, 15);
  const latitude = -34 + (cityNumber % 10) + ((suburbNumber % 10) + chance(streetNumber, 16)) / 12 + house / 1e5;
  const longitude = 18 + Math.floor(cityNumber / 10) + chance(suburbNumber, 17) * 0.8 + chance(n, 18) / 100;
  const line = [unit, number, street, suburb, city, 'ZA', postalCode, province].filter(Boolean).join(', ');
  const round = (value: number): number => Math.round(value * 1e7) / 1e7;
  return {
    key: `C-${n}`,
    unit,
    number,
    street,
    suburb,
    city,
    postalCode,
    province,
    latitude: round(latitude),
    longitude: round(longitude),
    line,
  };
}

/** The same as a CSV file, in pieces of some thousand rows. */
export function* corpusCsv(count: number): Generator<string> {
  yield 'key,full_text,mdu_unit,street_number,street_name,suburb,city,country_code,postal_code,province,latitude,longitude\n';
  const PIECE = 2_000;
  for (let from = 0; from < count; from += PIECE) {
    let text = '';
    for (let n = from; n < Math.min(count, from + PIECE); n += 1) {
      const { key, line, unit, number, street, suburb, city, postalCode, province, latitude, longitude } =
        addressNumber(n);
      text += `${key},"${line}",${unit?.slice(5) ?? ''},${number},${street},${suburb},${city},ZA,${postalCode},${province},${latitude},${longitude}\n`;
    }
    yield text;
  }
}

export interface CorpusQuery {
  readonly kind: 'full' | 'short' | 'shuffled' | 'prefix' | 'typo';
  readonly text: string;
  /** Whatever has this text is right: addresses may come twice. */
  readonly line: string;
}

/** What people would type to find address `n`. */
export function queriesFor(n: number): CorpusQuery[] {
  const address = addressNumber(n);
  const { line, unit, number, street, suburb, city, postalCode } = address;
  const unitText = unit ? `${unit} ` : '';
  const short = `${unitText}${number} ${street} ${suburb}`;
  const [name = '', kind = ''] = street.split(' ');
  const typoWord = misspelt(name, n);
  return [
    { kind: 'full', text: line, line },
    { kind: 'short', text: short.toLowerCase(), line },
    { kind: 'shuffled', text: `${suburb} ${postalCode}, ${street} ${number} ${unit ?? ''} ${city}`, line },
    { kind: 'prefix', text: `${unitText}${number} ${street} ${suburb.slice(0, Math.max(3, suburb.length - 2))}`, line },
    { kind: 'typo', text: `${unitText}${number} ${typoWord} ${kind} ${suburb}`, line },
  ];
}

/** One letter too many, too few, another one, or two swapped. */
function misspelt(word: string, n: number): string {
  const at = 1 + Math.floor(chance(n, 21) * (word.length - 2));
  const letter = 'abcdefghijklmnopqrstuvwxyz'.charAt(Math.floor(chance(n, 22) * 26));
  const kind = Math.floor(chance(n, 23) * 4);
  if (kind === 0) return word.slice(0, at) + letter + word.slice(at);
  if (kind === 1) return word.slice(0, at) + word.slice(at + 1);
  if (kind === 2) return word.slice(0, at) + letter + word.slice(at + 1);
  return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
}
