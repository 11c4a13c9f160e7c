import { currentRequestId } from '@isp/platform/logging';
import type { Actor } from '@isp/contracts';

/**
 * The tail of a statement whose CTE `moved` holds the rows of services it wrote, with `moved_from` and `operated_from`:
 * writes what changed of both axes, so that no change goes without its history.
 * @param by who, why and in the wake of which request, in SQL: columns of `moved m`, or the three parameters that
 *   `historyValues` answers, as `parameters` names them
 */
export function noted(by: string): string {
  return `noted AS (
     INSERT INTO service_history (partner_id, customer_id, service_id, axis, from_value, to_value, actor, reason, request_id)
     SELECT m.partner_id, m.customer_id, m.id, step.axis, step.from_value, step.to_value, ${by}
       FROM moved m CROSS JOIN LATERAL (VALUES
         ('status', m.moved_from, m.status), ('operational_status', m.operated_from, m.operational_status)
       ) AS step(axis, from_value, to_value)
      WHERE step.from_value IS DISTINCT FROM step.to_value)`;
}

/** Of a statement whose parameter of this number is the first of the three. */
export const parameters = (first: number): string => `$${first}, $${first + 1}, $${first + 2}`;

export function historyValues(actor: Actor, reason?: string): readonly unknown[] {
  return [actor.name, reason ?? null, currentRequestId() ?? null];
}
