import type { AreaValues, GeoJsonGeometry } from '@isp/domain/premises';

/** Degrees: the south-west corner of the town, and the edge of one of its blocks. */
const SOUTH = -26.2;
const WEST = 27.7;
const BLOCK = 0.004;

type Corner = readonly [east: number, north: number];
const place = ([east, north]: Corner) => [
  Math.round((WEST + east * BLOCK) * 1e7) / 1e7,
  Math.round((SOUTH + north * BLOCK) * 1e7) / 1e7,
];
const ring = (...corners: Corner[]) => [...corners, corners[0] as Corner].map(place);
const square = (east: number, north: number, size: number) =>
  ring([east, north], [east + size, north], [east + size, north + size], [east, north + size]);

interface TownArea {
  readonly externalKey: string;
  readonly name: string;
  readonly connectivity: AreaValues['connectivity'];
  /** Days from the seeding on. */
  readonly liveInDays?: number;
  readonly plannedInDays?: number;
  readonly geometry: GeoJsonGeometry;
}

/** One area of each kind; the live one has a hole (a park) and a part across the river. */
export const TOWN_AREAS: readonly TownArea[] = [
  {
    externalKey: 'TOWN-LIVE',
    name: 'Port Ripple Centre',
    connectivity: 'live',
    liveInDays: -200,
    geometry: {
      type: 'MultiPolygon',
      coordinates: [[square(0, 0, 5), square(2, 2, 1)], [square(6, 0, 2)]],
    },
  },
  {
    externalKey: 'TOWN-BUILDING',
    name: 'Port Ripple North',
    connectivity: 'building',
    liveInDays: 90,
    geometry: { type: 'Polygon', coordinates: [ring([0, 5], [5, 5], [4, 8], [1, 8])] },
  },
  {
    externalKey: 'TOWN-PLANNED',
    name: 'Port Ripple Heights',
    connectivity: 'planned',
    plannedInDays: 400,
    geometry: { type: 'Polygon', coordinates: [square(9, 5, 3)] },
  },
];

const STREETS = 'Harbour Lantern Railway Cedar Mill Foundry Orchard Quarry Beacon Weaver Compass Juniper'.split(' ');
const KINDS = ['Street', 'Road', 'Avenue', 'Lane'];
const SUBURBS = [
  { name: 'Centre', east: 0, north: 0, postalCode: '1759' },
  { name: 'Riverside', east: 6, north: 0, postalCode: '1760' },
  { name: 'North', east: 1, north: 5, postalCode: '1765' },
  { name: 'Heights', east: 9, north: 5, postalCode: '1768' },
  // Beyond every area.
  { name: 'Farms', east: 14, north: 1, postalCode: '1790' },
];
const HOUSES = 12;
const FLATS = 8;

/** The addresses of the town as a CSV file: houses along streets, and one block of flats in each suburb. */
export function townAddresses(): string {
  const lines = [
    'key,street_number,street_name,mdu_name,mdu_unit,suburb,city,country_code,postal_code,province,latitude,longitude',
  ];
  for (const [s, suburb] of SUBURBS.entries()) {
    for (let street = 0; street < 7; street += 1) {
      const name = `${STREETS[(s * 5 + street) % STREETS.length]} ${KINDS[(s + street) % KINDS.length]}`;
      const row = (key: string, house: number, flat: number) => {
        const [east = 0, north = 0] = place([
          suburb.east + 0.1 + (house % HOUSES) * 0.12 + flat * 0.001,
          suburb.north + 0.2 + street * 0.2,
        ]);
        const building = flat > 0 ? [`${suburb.name} Court`, String(flat)] : ['', ''];
        lines.push(
          [
            key,
            1 + house * 2,
            name,
            ...building,
            suburb.name,
            'Port Ripple',
            'ZA',
            suburb.postalCode,
            'Gauteng',
            north,
            east,
          ].join(),
        );
      };
      for (let house = 0; house < HOUSES; house += 1) row(`TOWN-${s}-${street}-${house}`, house, 0);
      if (street === 0) for (let flat = 1; flat <= FLATS; flat += 1) row(`TOWN-${s}-FLAT-${flat}`, HOUSES, flat);
    }
  }
  return `${lines.join('\n')}\n`;
}
