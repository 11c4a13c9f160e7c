import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import type { PriorityTargets, StoredStep } from '../clocks/sla-terms.js';
import { ticketErrors } from '../tickets/ticket.errors.js';

export interface SlaPolicyTerms {
  readonly calendarId: number;
  readonly targets: PriorityTargets;
  /** A warning when so much of a target is used up. */
  readonly warnPercent: number;
  readonly escalations: readonly StoredStep[];
}

export interface SlaPolicyView extends SlaPolicyTerms {
  readonly id: number;
  readonly name: string;
  /** Customers of this tier; null: of every one. */
  readonly supportTier: string | null;
  /** Services of this plan; null: of every one. */
  readonly planId: number | null;
  readonly status: 'active' | 'retired';
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const COLUMNS = `p.id, p.name, p.support_tier AS "supportTier", p.plan_id AS "planId", p.status, v.version, v.calendar_id AS "calendarId", v.targets,
  v.warn_percent AS "warnPercent", v.escalations, v.created_by AS "createdBy", v.created_at AS "createdAt"`;
const TABLES = 'sla_policies p JOIN sla_policy_versions v ON v.policy_id = p.id';
const LIST = statement(
  'sla-policies-list',
  `SELECT ${COLUMNS} FROM ${TABLES} AND v.version = p.version WHERE ($1::text IS NULL OR p.status = $1) ORDER BY p.id LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'sla-policies-count',
  'SELECT count(*)::integer AS total FROM sla_policies WHERE ($1::text IS NULL OR status = $1)',
);
const GET = statement('sla-policies-get', `SELECT ${COLUMNS} FROM ${TABLES} AND v.version = p.version WHERE p.id = $1`);
const VERSIONS = statement(
  'sla-policies-versions',
  `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.id = $1 ORDER BY v.version DESC`,
);
const ADD = statement(
  'sla-policies-add',
  'INSERT INTO sla_policies (name, support_tier, plan_id) VALUES ($1, $2, $3) RETURNING id',
);
const NEXT = statement(
  'sla-policies-next',
  'UPDATE sla_policies SET name = $2, version = version + 1 WHERE id = $1 AND ($3::integer IS NULL OR version = $3) RETURNING version',
);
const RETIRE = statement('sla-policies-retire', `UPDATE sla_policies SET status = 'retired' WHERE id = $1`);
const VERSION = statement(
  'sla-policies-version',
  `INSERT INTO sla_policy_versions (policy_id, version, calendar_id, targets, warn_percent, escalations, created_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

export interface NewSlaPolicy extends SlaPolicyTerms {
  readonly name: string;
  readonly supportTier: string | null;
  readonly planId: number | null;
}

/** How long answers and solutions may take. A change is a new version: tickets that are open keep the one that they have. */
@Injectable()
export class SlaPolicies {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, status: string | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<SlaPolicyView>(LIST, [status ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [status ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `sla.policy.not_found` */
  async get(actor: Actor, id: number): Promise<SlaPolicyView> {
    const found = await this.uow.read(actor, (tx) => tx.one<SlaPolicyView>(GET, [id]));
    if (!found) throw ticketErrors('sla.policy.not_found');
    return found;
  }

  /** Newest first. @throws `sla.policy.not_found` */
  async versions(actor: Actor, id: number): Promise<SlaPolicyView[]> {
    const found = await this.uow.read(actor, (tx) => tx.query<SlaPolicyView>(VERSIONS, [id]));
    if (found.length === 0) throw ticketErrors('sla.policy.not_found');
    return found;
  }

  /** @throws `sla.policy.exists`, `sla.policy.plan_unknown`, `sla.calendar.unknown` */
  add(actor: Actor, made: NewSlaPolicy): Promise<SlaPolicyView> {
    const { name, supportTier, planId } = made;
    return this.uow.run(actor, async (tx) => {
      const row = await guarded(tx.one<{ id: number }>(ADD, [name, supportTier, planId]), {
        sla_policies_one_each: () => ticketErrors('sla.policy.exists'),
        sla_policies_plan_id_fkey: () => ticketErrors('sla.policy.plan_unknown', { id: planId ?? 0 }),
      });
      return this.write(actor, { id: (row as { id: number }).id, version: 1 }, made);
    });
  }

  /** @throws `sla.policy.not_found`, `sla.policy.stale`, `sla.calendar.unknown` */
  change(actor: Actor, id: number, ifMatch: number | undefined, terms: SlaPolicyTerms & { readonly name: string }) {
    return this.uow.run(actor, async (tx) => {
      await this.get(actor, id);
      const next = await tx.one<{ version: number }>(NEXT, [id, terms.name, ifMatch ?? null]);
      if (!next) throw ticketErrors('sla.policy.stale');
      return this.write(actor, { id, version: next.version }, terms);
    });
  }

  /** New tickets are opened under another one. @throws `sla.policy.not_found`, `sla.policy.last` */
  retire(actor: Actor, id: number): Promise<SlaPolicyView> {
    return this.uow.run(actor, async (tx) => {
      const { supportTier, planId } = await this.get(actor, id);
      if (supportTier === null && planId === null) throw ticketErrors('sla.policy.last');
      await tx.execute(RETIRE, [id]);
      this.note(actor, id, 'retire', {});
      return this.get(actor, id);
    });
  }

  private async write(actor: Actor, key: { readonly id: number; readonly version: number }, terms: SlaPolicyTerms) {
    const { calendarId, targets, warnPercent, escalations } = terms;
    const what = [calendarId, JSON.stringify(targets), warnPercent, JSON.stringify(escalations)];
    await guarded(this.uow.tx.execute(VERSION, [key.id, key.version, ...what, actor.name]), {
      sla_policy_versions_calendar_id_fkey: () => ticketErrors('sla.calendar.unknown', { id: calendarId }),
    });
    this.note(actor, key.id, key.version === 1 ? 'create' : 'change', { ...terms });
    return (await this.uow.tx.one<SlaPolicyView>(GET, [key.id])) as SlaPolicyView;
  }

  private note(actor: Actor, id: number, verb: string, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'sla_policy', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `sla_policy.${verb}`, subject, changes });
  }
}
