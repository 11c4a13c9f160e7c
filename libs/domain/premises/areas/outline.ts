import { premisesErrors } from '../premises.errors.js';
import { crossingOf } from './crossings.js';
import { type Part, type Point, type Ring, turn } from './point.js';

export type { Part, Point, Ring } from './point.js';

/** Steps of a coordinate in a degree. */
export const PRECISION = 10_000_000;
const MIN_POINTS = 3;

type Json = unknown;
export interface GeoJsonGeometry {
  readonly type: string;
  readonly coordinates?: Json;
  readonly geometries?: Json;
}

const refuse = (reason: string): Error =>
  premisesErrors('premises.outline.invalid', { reason }, { details: [{ field: 'geometry', message: reason }] });

/**
 * The parts of a GeoJSON Polygon or MultiPolygon, or a GeometryCollection of them (RFC 7946, WGS 84 degrees).
 * @throws `premises.outline.invalid` saying which ring is wrong and how: not closed, too few points, a point outside of
 *   the earth, no extent, crossing itself or another ring of its part, a hole outside of its outline
 */
export function partsOf(geometry: GeoJsonGeometry): Part[] {
  const parts = polygonsOf(geometry).map((rings, index) => partOf(rings, `part ${index + 1}`));
  if (parts.length === 0) throw refuse('it has no polygon');
  return parts;
}

function polygonsOf(geometry: GeoJsonGeometry | null | undefined): Json[] {
  const { type, coordinates, geometries } = geometry ?? { type: 'nothing' };
  if (type === 'Polygon') return [coordinates];
  if (type === 'MultiPolygon') return listOf(coordinates, 'the coordinates of a MultiPolygon');
  if (type === 'GeometryCollection')
    return listOf(geometries, 'geometries').flatMap((member) => polygonsOf(member as GeoJsonGeometry));
  throw refuse(`it must be a Polygon or a MultiPolygon, not ${String(type).slice(0, 40)}`);
}

function listOf(value: Json, what: string): Json[] {
  if (!Array.isArray(value)) throw refuse(`${what} must be a list`);
  return value as Json[];
}

function partOf(value: Json, name: string): Part {
  const rings = listOf(value, name).map((ring, index) =>
    ringOf(ring, `${name}, ${index === 0 ? 'outline' : `hole ${index}`}`),
  );
  const [outline, ...holes] = rings;
  if (!outline) throw refuse(`${name} has no outline`);
  const crossing = crossingOf(rings);
  if (crossing) throw refuse(`${name} crosses itself near ${degrees(crossing)}`);
  for (const [index, hole] of holes.entries()) {
    const stray = hole.find((point) => !contains(outline, point));
    if (stray) throw refuse(`${name}, hole ${index + 1} leaves the outline at ${degrees(stray)}`);
  }
  return rings;
}

function ringOf(value: Json, name: string): Ring {
  const points = listOf(value, name).map((position) => pointOf(position, name));
  const [first] = points;
  const last = points.pop();
  if (!first || !last) throw refuse(`${name} has no points`);
  if (!same(first, last)) throw refuse(`${name} must end where it starts`);
  const ring = points.filter((point, index) => index === 0 || !same(point, points[index - 1] as Point));
  if (ring.length < MIN_POINTS) throw refuse(`${name} needs at least ${MIN_POINTS} different points`);
  if (ring.every((point) => turn(first, ring[1] as Point, point) === 0)) throw refuse(`${name} has no extent`);
  return ring;
}

function pointOf(position: Json, name: string): Point {
  const [longitude, latitude] = listOf(position, `${name}: a position`) as number[];
  if (typeof longitude !== 'number' || typeof latitude !== 'number' || !isOnEarth(latitude, longitude))
    throw refuse(`${name} has a point that is not on earth: ${JSON.stringify(position).slice(0, 60)}`);
  return pointAt(latitude, longitude);
}

/** Degrees as people and GPS know them. */
export const isOnEarth = (latitude: number, longitude: number): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

export const pointAt = (latitude: number, longitude: number): Point => [
  Math.round(longitude * PRECISION),
  Math.round(latitude * PRECISION),
];

const same = ([ax, ay]: Point, [bx, by]: Point): boolean => ax === bx && ay === by;
const degrees = ([x, y]: Point): string => `[${x / PRECISION}, ${y / PRECISION}]`;

/** Whether a point is inside a ring or on it. */
function contains(ring: Ring, point: Point): boolean {
  let inside = false;
  let [before] = ring.slice(-1);
  for (const here of ring) {
    const from = before as Point;
    const side = turn(from, here, point);
    if (side === 0 && between(from, here, point)) return true;
    if (from[1] > point[1] !== here[1] > point[1] && side > 0 === here[1] > from[1]) inside = !inside;
    before = here;
  }
  return inside;
}

const between = ([ax, ay]: Point, [bx, by]: Point, [x, y]: Point): boolean =>
  x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);

/** As PostgreSQL writes and reads a polygon. */
export const toPolygonText = (ring: Ring): string => `(${ring.map(([x, y]) => `(${x},${y})`).join(',')})`;

export function fromPolygonText(text: string): Ring {
  const numbers = text.match(/-?[\d.e+]+/g)?.map(Number) ?? [];
  return Array.from({ length: numbers.length / 2 }, (_, n) => [numbers[2 * n] as number, numbers[2 * n + 1] as number]);
}

/** A GeoJSON MultiPolygon: outlines counter-clockwise, holes clockwise, as RFC 7946 asks for. */
export function toGeoJson(parts: readonly Part[]) {
  const coordinates = parts.map((rings) =>
    rings.map((ring, index) => closed(index === 0 ? wound(ring) : wound(ring, -1))),
  );
  return { type: 'MultiPolygon' as const, coordinates };
}

/** Twice the signed area decides which way round a ring runs. */
function wound(ring: Ring, way = 1): Ring {
  const [ox, oy] = ring[0] as Point;
  const area = ring.reduce((sum, [x, y], n) => {
    const [nx, ny] = ring[(n + 1) % ring.length] as Point;
    return sum + (x - ox) * (ny - oy) - (nx - ox) * (y - oy);
  }, 0);
  return area * way < 0 ? [...ring].reverse() : ring;
}

const closed = (ring: Ring): (readonly [number, number])[] =>
  [...ring, ring[0] as Point].map(([x, y]) => [x / PRECISION, y / PRECISION] as const);
