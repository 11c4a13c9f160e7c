import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { ticketErrors } from '../tickets/ticket.errors.js';

export interface TicketCategoryView {
  readonly id: number;
  /** Of the category that this is a part of. */
  readonly parent: string | null;
  readonly code: string;
  readonly name: string;
  readonly status: 'active' | 'retired';
}

const COLUMNS = `k.id, (SELECT above.code FROM ticket_categories above WHERE above.id = k.parent_id) AS parent, k.code, k.name, k.status`;
const LIST = statement(
  'ticket-categories-list',
  `SELECT ${COLUMNS} FROM ticket_categories k LEFT JOIN ticket_categories p ON p.id = k.parent_id
    WHERE ($1::text IS NULL OR k.status = $1) ORDER BY coalesce(p.id, k.id), k.parent_id IS NOT NULL, k.id LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'ticket-categories-count',
  'SELECT count(*)::integer AS total FROM ticket_categories WHERE ($1::text IS NULL OR status = $1)',
);
const BY_CODE = statement('ticket-categories-by-code', `SELECT ${COLUMNS} FROM ticket_categories k WHERE k.code = $1`);
const GET = statement('ticket-categories-get', `SELECT ${COLUMNS} FROM ticket_categories k WHERE k.id = $1`);
const ADD = statement(
  'ticket-categories-add',
  'INSERT INTO ticket_categories (code, name, parent_id) VALUES ($1, $2, $3) RETURNING id',
);
const CHANGE = statement(
  'ticket-categories-change',
  'UPDATE ticket_categories SET name = coalesce($2, name), status = coalesce($3, status) WHERE id = $1',
);

/** What tickets can be about, the operator's; two levels. One that is retired stays with the tickets that have it. */
@Injectable()
export class TicketCategories {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, status: string | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<TicketCategoryView>(LIST, [status ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [status ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** One that a ticket can have. @throws `tickets.category.unknown` */
  async usable(code: string): Promise<TicketCategoryView> {
    const found = await this.uow.tx.one<TicketCategoryView>(BY_CODE, [code]);
    if (found?.status !== 'active') throw ticketErrors('tickets.category.unknown', { code });
    return found;
  }

  /** @throws `tickets.category.unknown`, `tickets.category.too_deep`, `tickets.category.exists` */
  add(actor: Actor, made: { readonly code: string; readonly name: string; readonly parent?: string | undefined }) {
    const { code, name, parent } = made;
    return this.uow.run(actor, async (tx): Promise<TicketCategoryView> => {
      const above = parent === undefined ? null : await this.usable(parent);
      if (above?.parent) throw ticketErrors('tickets.category.too_deep');
      const row = await guarded(tx.one<{ id: number }>(ADD, [code, name, above?.id ?? null]), {
        ticket_categories_code_key: () => ticketErrors('tickets.category.exists', { code }),
      });
      return this.written(actor, (row as { id: number }).id, 'create', { code, name, parent: parent ?? null });
    });
  }

  /** @throws `tickets.category.not_found` */
  change(
    actor: Actor,
    id: number,
    changes: { readonly name?: string | undefined; readonly status?: string | undefined },
  ) {
    return this.uow.run(actor, async (tx) => {
      const { name = null, status = null } = changes;
      if ((await tx.execute(CHANGE, [id, name, status])) === 0) throw ticketErrors('tickets.category.not_found');
      return this.written(actor, id, 'change', changes);
    });
  }

  private async written(actor: Actor, id: number, verb: string, changes: Readonly<Record<string, unknown>>) {
    const subject = { type: 'ticket_category', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `ticket_category.${verb}`, subject, changes });
    return (await this.uow.tx.one<TicketCategoryView>(GET, [id])) as TicketCategoryView;
  }
}
