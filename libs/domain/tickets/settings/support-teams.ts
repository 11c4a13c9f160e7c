import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { ticketErrors } from '../tickets/ticket.errors.js';

export interface SupportTeamView {
  readonly id: number;
  readonly name: string;
  readonly status: 'active' | 'retired';
}

const LIST = statement(
  'support-teams-list',
  `SELECT id, name, status FROM support_teams WHERE ($1::text IS NULL OR status = $1) ORDER BY id LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'support-teams-count',
  'SELECT count(*)::integer AS total FROM support_teams WHERE ($1::text IS NULL OR status = $1)',
);
const GET = statement('support-teams-get', 'SELECT id, name, status FROM support_teams WHERE id = $1');
const ADD = statement('support-teams-add', 'INSERT INTO support_teams (name) VALUES ($1) RETURNING id, name, status');
const CHANGE = statement(
  'support-teams-change',
  `UPDATE support_teams SET name = coalesce($2, name), status = coalesce($3, status) WHERE id = $1 RETURNING id, name, status`,
);

/** Who tickets are given to, the operator's. */
@Injectable()
export class SupportTeams {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, status: string | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<SupportTeamView>(LIST, [status ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [status ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** One that work can be given to. @throws `tickets.team.unknown` */
  async usable(id: number): Promise<SupportTeamView> {
    const found = await this.uow.tx.one<SupportTeamView>(GET, [id]);
    if (found?.status !== 'active') throw ticketErrors('tickets.team.unknown');
    return found;
  }

  /** @throws `tickets.team.exists` */
  add(actor: Actor, name: string): Promise<SupportTeamView> {
    return this.written(actor, 'create', { name }, ADD, [name]);
  }

  /** @throws `tickets.team.not_found`, `tickets.team.exists` */
  change(
    actor: Actor,
    id: number,
    changes: { readonly name?: string | undefined; readonly status?: string | undefined },
  ) {
    return this.written(actor, 'change', changes, CHANGE, [id, changes.name ?? null, changes.status ?? null]);
  }

  private written(
    actor: Actor,
    verb: string,
    changes: { readonly name?: string | undefined; readonly status?: string | undefined },
    sql: typeof ADD,
    values: readonly unknown[],
  ): Promise<SupportTeamView> {
    return this.uow.run(actor, async (tx) => {
      const team = await guarded(tx.one<SupportTeamView>(sql, values), {
        support_teams_name_key_key: () => ticketErrors('tickets.team.exists', { name: changes.name ?? '' }),
      });
      if (!team) throw ticketErrors('tickets.team.not_found');
      const subject = { type: 'support_team', id: team.id };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `support_team.${verb}`, subject, changes });
      return team;
    });
  }
}
