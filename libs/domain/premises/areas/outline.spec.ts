import { describe, expect, it } from '@jest/globals';
import { fromPolygonText, partsOf, toGeoJson, toPolygonText } from './outline.js';

const SQUARE = [
  [10, 20],
  [11, 20],
  [11, 21],
  [10, 21],
  [10, 20],
];
const HOLE = [
  [10.2, 20.2],
  [10.4, 20.2],
  [10.4, 20.4],
  [10.2, 20.2],
];
const polygon = (...rings: unknown[]) => ({ type: 'Polygon', coordinates: rings });
const reasonFor = (geometry: unknown): string => {
  try {
    partsOf(geometry as never);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('an outline', () => {
  it('is kept to the centimetre, through the database’s text and back', () => {
    const corner = [10.1234567, 19.7654321];
    const parts = partsOf(polygon([corner, ...SQUARE.slice(1, 4), corner], HOLE));
    expect(parts).toHaveLength(1);
    expect(parts[0]).toHaveLength(2);
    const [ring] = parts[0] ?? [];
    expect(fromPolygonText(toPolygonText(ring ?? []))).toEqual(ring);
    expect(toGeoJson(parts).coordinates[0]?.[0]).toContainEqual(corner);
  });

  it('comes in several parts, also inside a collection', () => {
    const other = SQUARE.map(([x = 0, y = 0]) => [x + 5, y]);
    expect(partsOf({ type: 'MultiPolygon', coordinates: [[SQUARE], [other]] })).toHaveLength(2);
    expect(partsOf({ type: 'GeometryCollection', geometries: [polygon(SQUARE), polygon(other)] })).toHaveLength(2);
  });

  it('runs counter-clockwise when it is written, its holes clockwise', () => {
    const area = (ring: readonly (readonly number[])[]) =>
      ring.slice(1).reduce((sum, [x = 0, y = 0], n) => sum + ((ring[n]?.[0] ?? 0) * y - x * (ring[n]?.[1] ?? 0)), 0);
    for (const outer of [SQUARE, [...SQUARE].reverse()]) {
      const [rings = []] = toGeoJson(partsOf(polygon(outer, HOLE))).coordinates;
      expect(rings.map((ring) => Math.sign(area(ring)))).toEqual([1, -1]);
    }
  });

  it.each([
    ['a point', { type: 'Point', coordinates: [1, 2] }, 'must be a Polygon or a MultiPolygon, not Point'],
    ['nothing', null, 'not nothing'],
    ['no coordinates', { type: 'Polygon' }, 'part 1 must be a list'],
    ['no parts', { type: 'MultiPolygon', coordinates: [] }, 'it has no polygon'],
    ['an open ring', polygon(SQUARE.slice(0, 4)), 'part 1, outline must end where it starts'],
    ['two points', polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), 'part 1, outline needs at least 3 different points'],
    [
      'a line',
      polygon([
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ]),
      'part 1, outline has no extent',
    ],
    [
      'the far side of the moon',
      polygon([
        [181, 0],
        [1, 1],
        [2, 0],
        [181, 0],
      ]),
      'not on earth: [181,0]',
    ],
    [
      'text for numbers',
      polygon([
        ['1', 0],
        [1, 1],
        [2, 0],
        ['1', 0],
      ]),
      'not on earth',
    ],
    [
      'NaN',
      polygon([
        [NaN, 0],
        [1, 1],
        [2, 0],
        [NaN, 0],
      ]),
      'not on earth',
    ],
    [
      'a bow tie',
      polygon([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2.5],
        [0, 0],
      ]),
      'part 1 crosses itself near',
    ],
    [
      'a hole across the edge',
      polygon(
        SQUARE,
        HOLE.map(([x = 0, y = 0]) => [x + 0.7, y]),
      ),
      'part 1 crosses itself near',
    ],
    [
      'a hole elsewhere',
      polygon(
        SQUARE,
        HOLE.map(([x = 0, y = 0]) => [x + 3, y]),
      ),
      'part 1, hole 1 leaves the outline',
    ],
  ])('is refused with its reason: %s', (_, geometry, reason) => expect(reasonFor(geometry)).toContain(reason));

  it('may be as large as the earth and as long as a coast', () => {
    const world = [
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
      [-180, -90],
    ];
    expect(reasonFor(polygon(world))).toBe('accepted');
    const coast = Array.from({ length: 20_000 }, (_, n) => [
      10 + Math.cos((n / 10_000) * Math.PI) * (1 + (n % 2) / 1000),
      Math.sin((n / 10_000) * Math.PI) * (1 + (n % 2) / 1000),
    ]);
    expect(reasonFor(polygon([...coast, coast[0]]))).toBe('accepted');
  });
});
