import { statement } from '@isp/platform/database';
import type { BlockFact } from '../engine/engine.types.js';

/** An end or a break of a service that is ordered and not carried out yet. */
export interface OrderedChange {
  readonly serviceId: number;
  readonly kind: 'terminate' | 'pause' | 'resume';
  readonly at: Date;
  /** Of a pause: when it is over; null when nobody knows. */
  readonly until: Date | null;
}

/** Of services, and of the bundles that they are parts of. */
export const ORDERED = statement(
  'billing-facts-ordered',
  `SELECT c.service_id AS "serviceId", c.kind, c.effective_at AS at, (c.terms ->> 'until')::timestamptz AS until
     FROM service_changes c WHERE c.service_id = ANY ($1) AND c.status = 'scheduled' AND c.kind IN ('terminate', 'pause', 'resume')`,
);

/** The end and the breaks of a service as they will be when everything that is ordered has been carried out. */
export function asOrdered(
  { terminatedAt, blocks }: { readonly terminatedAt: Date | null; readonly blocks: readonly BlockFact[] },
  ordered: readonly OrderedChange[],
): { readonly terminatedAt: Date | null; readonly blocks: readonly BlockFact[] } {
  if (terminatedAt !== null || ordered.length === 0) return { terminatedAt, blocks };
  const of = (kind: OrderedChange['kind']): OrderedChange | undefined => ordered.find((change) => change.kind === kind);
  const [end, pause, resumption] = [of('terminate'), of('pause'), of('resume')];
  const known = blocks.map((block) =>
    resumption && block.cause === 'pause' && block.until === null ? { ...block, until: resumption.at } : block,
  );
  const coming = pause ? [{ cause: 'pause', from: pause.at, until: pause.until }] : [];
  return { terminatedAt: end?.at ?? null, blocks: [...known, ...coming] };
}
