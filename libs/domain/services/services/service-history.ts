import { currentRequestId } from '@isp/platform/logging';
import type { Actor } from '@isp/contracts';

/**
 * The tail of a statement whose CTE `moved` holds the rows of services it wrote, with `moved_from` and `operated_from`:
 * writes what changed of both axes, so that no change goes without its history.
 * @param first number of the first of the three parameters that `historyValues` answers
 */
export function noted(first: number): string {
  return `noted AS (
     INSERT INTO service_history (partner_id, customer_id, service_id, axis, from_value, to_value, actor, reason, request_id)
     SELECT m.partner_id, m.customer_id, m.id, step.axis, step.from_value, step.to_value, $${first}, $${first + 1}, $${first + 2}
       FROM moved m CROSS JOIN LATERAL (VALUES
         ('status', m.moved_from, m.status), ('operational_status', m.operated_from, m.operational_status)
       ) AS step(axis, from_value, to_value)
      WHERE step.from_value IS DISTINCT FROM step.to_value)`;
}

export function historyValues(actor: Actor, reason?: string): readonly unknown[] {
  return [actor.name, reason ?? null, currentRequestId() ?? null];
}
