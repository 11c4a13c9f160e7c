import { type Point, type Ring, turn } from './point.js';

interface Edge {
  readonly from: Point;
  readonly to: Point;
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Where two edges of these rings cross, or undefined when none do. Edges that only touch (at a corner, or a corner on
 * an edge) do not cross. Sweeps from west to east: edges whose longitudes are apart are never compared.
 */
export function crossingOf(rings: readonly Ring[]): Point | undefined {
  const edges = rings.flatMap(edgesOf).sort((one, other) => one.left - other.left);
  let active: Edge[] = [];
  for (const edge of edges) {
    active = active.filter(({ right }) => right >= edge.left);
    for (const other of active) if (cross(edge, other)) return edge.from;
    active.push(edge);
  }
  return undefined;
}

function edgesOf(ring: Ring): Edge[] {
  return ring.map((from, index) => {
    const to = ring[(index + 1) % ring.length] as Point;
    return {
      from,
      to,
      left: Math.min(from[0], to[0]),
      right: Math.max(from[0], to[0]),
      low: Math.min(from[1], to[1]),
      high: Math.max(from[1], to[1]),
    };
  });
}

const apart = (one: number, other: number): boolean => (one > 0 && other < 0) || (one < 0 && other > 0);

function cross(a: Edge, b: Edge): boolean {
  if (a.high < b.low || b.high < a.low) return false;
  return (
    apart(turn(a.from, a.to, b.from), turn(a.from, a.to, b.to)) &&
    apart(turn(b.from, b.to, a.from), turn(b.from, b.to, a.to))
  );
}
