import { Injectable } from '@nestjs/common';
import type { OpeningHours } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { TicketPriority } from '../tickets/ticket.states.js';
import type { ClockTarget } from '../tickets/ticket.view.js';
import type { ClockTerms, EscalationStep } from './clock.policy.js';
import type { WorkingCalendar } from './working-time.policy.js';

/** How long something may take at a priority. */
export interface PriorityTarget {
  readonly first_response_minutes: number;
  readonly resolution_minutes: number;
  /** Else in the hours of the policy's calendar. */
  readonly around_the_clock: boolean;
}
export type PriorityTargets = Readonly<Record<TicketPriority, PriorityTarget>>;

/** A step of the escalation chain as it is stored. */
export interface StoredStep {
  readonly target: ClockTarget;
  readonly after_minutes: number;
  readonly level: number;
  readonly to: string;
}

interface TermsRow {
  readonly targets: PriorityTargets;
  readonly warnPercent: number;
  readonly escalations: readonly StoredStep[];
  readonly timeZone: string;
  readonly hours: readonly OpeningHours[];
  readonly holidays: readonly string[];
}

/** The versions that a ticket was opened under. */
export interface TermsKey {
  readonly policyId: number;
  readonly policyVersion: number;
  readonly calendarId: number;
  readonly calendarVersion: number;
}

const MOST_KEPT = 1_000;

// The closest fit: tier and plan, then plan, then tier, then everybody.
const CHOOSE = statement(
  'sla-policy-choose',
  `SELECT p.id AS "policyId", p.version AS "policyVersion", c.id AS "calendarId", c.version AS "calendarVersion"
     FROM sla_policies p JOIN sla_policy_versions v ON v.policy_id = p.id AND v.version = p.version JOIN sla_calendars c ON c.id = v.calendar_id
    WHERE p.status = 'active' AND (p.support_tier IS NULL OR p.support_tier = $1) AND (p.plan_id IS NULL OR p.plan_id = ANY ($2::integer[]))
    ORDER BY (p.plan_id IS NOT NULL)::integer * 2 + (p.support_tier IS NOT NULL)::integer DESC, p.id LIMIT 1`,
);
const TERMS = statement(
  'sla-terms',
  `SELECT v.targets, v.warn_percent AS "warnPercent", v.escalations, k.time_zone AS "timeZone", k.hours, k.holidays
     FROM sla_policy_versions v, sla_calendar_versions k
    WHERE v.policy_id = $1 AND v.version = $2 AND k.calendar_id = $3 AND k.version = $4`,
);

/** What a ticket's clocks go by, from the versions that it was opened under. */
export class SlaTerms {
  private readonly calendar: WorkingCalendar;

  constructor(private readonly row: TermsRow) {
    const { timeZone, hours, holidays } = row;
    this.calendar = { timeZone, hours, holidays };
  }

  of(priority: TicketPriority, target: ClockTarget): ClockTerms {
    const { first_response_minutes, resolution_minutes, around_the_clock } = this.row.targets[priority];
    const minutes = target === 'first_response' ? first_response_minutes : resolution_minutes;
    const calendar = around_the_clock ? null : this.calendar;
    return { calendar, targetSeconds: minutes * 60, warnPercent: this.row.warnPercent };
  }

  /** What follows a breach of a target, in the order of time. */
  chain(target: ClockTarget): EscalationStep[] {
    return this.row.escalations
      .filter((step) => step.target === target)
      .map(({ after_minutes: afterMinutes, level, to }) => ({ target, afterMinutes, level, to }))
      .sort((one, other) => one.afterMinutes - other.afterMinutes);
  }
}

/** Finds the policy of a new ticket, and the terms of one that is there. Versions never change, so they are kept. */
@Injectable()
export class SlaTermsBook {
  private readonly kept = new Map<string, SlaTerms>();

  constructor(private readonly uow: UnitOfWork) {}

  /** The policy that fits a customer's tier and the plans of the services that a ticket is about. */
  async choose(supportTier: string | null, planIds: readonly number[]): Promise<TermsKey> {
    const chosen = await this.uow.tx.one<TermsKey>(CHOOSE, [supportTier, planIds]);
    if (!chosen) throw new Error('there is no SLA policy for everybody');
    return chosen;
  }

  async of({ policyId, policyVersion, calendarId, calendarVersion }: TermsKey): Promise<SlaTerms> {
    const values = [policyId, policyVersion, calendarId, calendarVersion];
    const key = values.join(' ');
    const kept = this.kept.get(key);
    if (kept) return kept;
    const row = await this.uow.tx.one<TermsRow>(TERMS, values);
    if (!row) throw new Error(`there are no SLA terms ${key}`);
    const terms = new SlaTerms(row);
    if (this.kept.size === MOST_KEPT) this.kept.clear();
    this.kept.set(key, terms);
    return terms;
  }
}
