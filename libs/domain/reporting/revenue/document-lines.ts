import type { Actor } from '@isp/contracts';
import { type MonthRange, firstOf } from './months.js';

export interface RevenueFilter extends MonthRange {
  readonly partnerId?: number | undefined;
}

// Ids are one row of numbers for all partners: that lines are of the partner of their document too is no condition, or the planner
// takes both for chances. Issued and not voided, in months of issue. $1 partner, $2 and $3 first days of the first month and of the last.
export const LINES = 'invoices i JOIN invoice_lines l ON l.invoice_id = i.id';
export const IN_TIME = `i.issued_on >= $2 AND i.issued_on < $3::date + interval '1 month' AND i.status NOT IN ('draft', 'void')
    AND ($1::integer IS NULL OR i.partner_id = $1)`;

/** The first three values of these statements. */
export function valuesOf(actor: Actor, { from, to, partnerId }: RevenueFilter) {
  return [actor.reach === 'all' ? (partnerId ?? null) : actor.partnerId, firstOf(from), firstOf(to)];
}
