import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { dunningErrors } from '../dunning.errors.js';
import type { DunningPolicyView, DunningSegment, DunningTerms } from './policy.types.js';

const COLUMNS = `p.id, v.version, p.name, p.currency, p.of_partner_id AS "partnerId", p.of_plan_id AS "planId", p.of_tag AS tag,
  v.grace_days AS "graceDays", v.gap_days AS "gapDays", v.working_days::integer[] AS "workingDays", v.from_minute::integer AS "fromMinute",
  v.until_minute::integer AS "untilMinute", v.calendar, v.reconnection_amount::text AS "reconnectionAmount", v.steps,
  p.created_at AS "createdAt", v.created_at AS "updatedAt", p.retired_at AS "retiredAt"`;
const NEWEST = 'FROM dunning_policies p JOIN dunning_policy_versions v ON v.policy_id = p.id AND v.version = p.version';
const MATCH = `${NEWEST} WHERE ($1::boolean IS NULL OR $1 = (p.retired_at IS NULL)) AND ($2::text IS NULL OR p.currency = $2)`;
const LIST = statement('dunning-policies-list', `SELECT ${COLUMNS} ${MATCH} ORDER BY p.id LIMIT $3 OFFSET $4`);
const COUNT = statement('dunning-policies-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('dunning-policies-get', `SELECT ${COLUMNS} ${NEWEST} WHERE p.id = $1`);
const LOCK = statement('dunning-policies-lock', 'SELECT id FROM dunning_policies WHERE id = $1 FOR NO KEY UPDATE');
const VERSION = statement(
  'dunning-policies-version',
  `SELECT ${COLUMNS} FROM dunning_policies p JOIN dunning_policy_versions v ON v.policy_id = p.id WHERE p.id = $1 AND v.version = $2`,
);
const INSERT = statement(
  'dunning-policies-insert',
  `INSERT INTO dunning_policies (name, currency, of_partner_id, of_plan_id, of_tag, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
);
const ADD_VERSION = statement(
  'dunning-policies-add-version',
  `WITH raised AS (UPDATE dunning_policies SET version = $2, name = $13, updated_at = $11 WHERE id = $1)
   INSERT INTO dunning_policy_versions (policy_id, version, grace_days, gap_days, working_days, from_minute, until_minute, calendar,
          reconnection_amount, steps, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);
const RETIRE = statement(
  'dunning-policies-retire',
  'UPDATE dunning_policies SET retired_at = $2, updated_at = $2 WHERE id = $1',
);
// A tag says most about a customer, its partner least.
const FOR_ACCOUNT = statement(
  'dunning-policies-for-account',
  `SELECT ${COLUMNS} ${NEWEST}
    WHERE p.retired_at IS NULL AND p.currency = $1 AND (p.of_partner_id IS NULL OR p.of_partner_id = $2)
      AND (p.of_plan_id IS NULL OR p.of_plan_id = ANY ($4::integer[]))
      AND (p.of_tag IS NULL OR p.of_tag = (SELECT t.tag FROM dunning_tags t WHERE t.customer_id = $3))
    ORDER BY (p.of_tag IS NOT NULL) DESC, (p.of_plan_id IS NOT NULL) DESC, (p.of_partner_id IS NOT NULL) DESC, p.id LIMIT 1`,
);
const SEGMENT = statement(
  'dunning-policies-segment',
  `SELECT ($1::integer IS NULL OR EXISTS (SELECT FROM partners WHERE id = $1)) AS partner,
          ($2::integer IS NULL OR EXISTS (SELECT FROM plans WHERE id = $2)) AS plan`,
);

export interface PolicyFilter {
  readonly active?: boolean | undefined;
  readonly currency?: string | undefined;
}

@Injectable()
export class PolicyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async list({ active, currency }: PolicyFilter, page: { readonly limit: number; readonly offset: number }) {
    const values = [active ?? null, currency ?? null];
    const [rows, count] = await Promise.all([
      this.uow.tx.query<DunningPolicyView>(LIST, [...values, page.limit, page.offset]),
      this.uow.tx.one<{ total: number }>(COUNT, values),
    ]);
    return { rows, total: count?.total ?? 0 };
  }

  /** @throws `dunning.policy.not_found` */
  async get(id: number): Promise<DunningPolicyView> {
    const found = await this.uow.tx.one<DunningPolicyView>(GET, [id]);
    if (!found) throw dunningErrors('dunning.policy.not_found');
    return found;
  }

  /** @throws `dunning.policy.not_found` */
  async lock(id: number): Promise<DunningPolicyView> {
    await this.uow.tx.one(LOCK, [id]);
    return this.get(id);
  }

  /** What a case goes by. */
  async version(id: number, version: number): Promise<DunningPolicyView> {
    return (await this.uow.tx.one<DunningPolicyView>(VERSION, [id, version])) as DunningPolicyView;
  }

  forAccount(account: {
    readonly currency: string;
    readonly partnerId: number;
    readonly customerId: number;
    readonly planIds: readonly number[];
  }): Promise<DunningPolicyView | undefined> {
    const { currency, partnerId, customerId, planIds } = account;
    return this.uow.tx.one<DunningPolicyView>(FOR_ACCOUNT, [currency, partnerId, customerId, planIds]);
  }

  /** @throws `dunning.policy.segment_taken`, `dunning.policy.unknown_segment` */
  async insert(name: string, { currency, partnerId, planId, tag }: DunningSegment, at: Date): Promise<number> {
    const there = await this.uow.tx.one<{ partner: boolean; plan: boolean }>(SEGMENT, [partnerId, planId]);
    if (!there?.partner) throw dunningErrors('dunning.policy.unknown_segment', { what: 'partner' });
    if (!there.plan) throw dunningErrors('dunning.policy.unknown_segment', { what: 'plan' });
    try {
      const row = await this.uow.tx.one<{ id: number }>(INSERT, [name, currency, partnerId, planId, tag, at]);
      return (row as { id: number }).id;
    } catch (error) {
      if (violatedConstraint(error) === 'dunning_policies_one_of_a_segment')
        throw dunningErrors('dunning.policy.segment_taken');
      throw error;
    }
  }

  async addVersion(
    id: number,
    version: number,
    name: string,
    terms: DunningTerms,
    at: Date,
    by: string,
  ): Promise<void> {
    const { graceDays, gapDays, workingDays, fromMinute, untilMinute, calendar, reconnectionAmount, steps } = terms;
    const values = [graceDays, gapDays, workingDays, fromMinute, untilMinute, calendar, reconnectionAmount];
    await this.uow.tx.execute(ADD_VERSION, [id, version, ...values, JSON.stringify(steps), at, by, name]);
  }

  async retire(id: number, at: Date): Promise<void> {
    await this.uow.tx.execute(RETIRE, [id, at]);
  }
}
