import type { DunningLevel } from '../policies/policy.types.js';

export type ClosedFor = 'paid' | 'credited' | 'disputed' | 'voided' | 'written_off' | 'terminated' | 'no_service';

/** What is done about an account that is late. Amounts are decimal text, dates those of the account's zone. */
export interface CaseView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly currency: string;
  readonly policyId: number;
  readonly policyVersion: number;
  readonly level: DunningLevel;
  /** Counts how often something in force was lifted. */
  readonly round: number;
  /** When the case was last looked at: what no money is there for, and since when. */
  readonly overdueAmount: string;
  readonly overdueSince: string;
  readonly nextAction: string | null;
  readonly nextAt: Date | null;
  readonly waitsFor: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closedFor: ClosedFor | null;
  readonly version: number;
}

/** What was done, or was not and why. */
export interface ActionView {
  readonly id: number;
  readonly at: Date;
  readonly action: string;
  readonly outcome: 'done' | 'held';
  readonly key: string;
  readonly overdueAmount: string;
  readonly overdueSince: string | null;
  readonly daysOverdue: number;
  readonly reason: string | null;
  readonly until: Date | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export const CASE_COLUMNS = `c.id, c.partner_id AS "partnerId", c.customer_id AS "customerId", c.account_id AS "accountId", c.currency,
  c.policy_id AS "policyId", c.policy_version AS "policyVersion", c.level, c.round, c.overdue_amount::text AS "overdueAmount",
  c.overdue_since::text AS "overdueSince", c.next_action AS "nextAction", c.next_at AS "nextAt", c.waits_for AS "waitsFor",
  c.opened_at AS "openedAt", c.closed_at AS "closedAt", c.closed_for AS "closedFor", c.version`;
export const ACTION_COLUMNS = `x.id, x.at, x.action, x.outcome, x.key, x.overdue_amount::text AS "overdueAmount",
  x.overdue_since::text AS "overdueSince", x.days_overdue AS "daysOverdue", x.reason, x.until, x.details`;
