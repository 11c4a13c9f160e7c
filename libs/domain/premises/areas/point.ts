/** Whole 1e-7 degrees: x the longitude, y the latitude (about a centimetre). */
export type Point = readonly [x: number, y: number];
/** A closed line; its last point leads back to its first without being named twice. */
export type Ring = readonly Point[];
/** An outline, then the holes in it. */
export type Part = readonly Ring[];

/** Twice the area of a triangle, by its sign the side of `c` as seen from `a` to `b`; exact up to continents. */
export function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  const [dx, dy, ex, ey] = [bx - ax, by - ay, cx - ax, cy - ay];
  // Up to there both products, and their difference, are exact doubles: 6.7 degrees.
  if (Math.max(Math.abs(dx), Math.abs(dy), Math.abs(ex), Math.abs(ey)) < 2 ** 26) return dx * ey - dy * ex;
  return Number(BigInt(dx) * BigInt(ey) - BigInt(dy) * BigInt(ex));
}
