import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { notificationErrors } from '../notifications.errors.js';
import type { MessageStatus } from './message.states.js';
import { MESSAGE_COLUMNS, type MessageKind, type MessageView } from './message.view.js';

const MATCH = `FROM messages m WHERE ($1::integer IS NULL OR m.partner_id = $1) AND ($2::integer IS NULL OR m.customer_id = $2)
  AND ($3::text IS NULL OR m.status = $3) AND ($4::text IS NULL OR m.kind = $4)
  AND ($5::integer IS NULL OR (m.subject_type = 'invoice' AND m.subject_id = $5))
  AND ($6::timestamptz IS NULL OR m.created_at >= $6) AND ($7::timestamptz IS NULL OR m.created_at < $7)`;
export const MESSAGE_SORTING = sorting({
  id: 'm.id',
  otherwise: ['m.id DESC'],
  fields: {
    created_at: 'm.id',
    sent_at: { by: ['m.sent_at'], nullable: true, within: ['customer_id', 'invoice_id'] },
  },
});
const LISTS = sortedStatements(
  'messages-list',
  MESSAGE_SORTING,
  (order) => `SELECT ${MESSAGE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $8 OFFSET $9`,
);
const COUNT = statement('messages-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('messages-get', `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = $1`);

export interface MessageFilter {
  readonly customerId?: number | undefined;
  readonly status?: MessageStatus | undefined;
  readonly kind?: MessageKind | undefined;
  readonly invoiceId?: number | undefined;
  readonly createdFrom?: Date | undefined;
  /** Not included. */
  readonly createdTo?: Date | undefined;
}

/** Reads of messages, inside the walls of the reader. */
@Injectable()
export class MessageQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: MessageFilter, page: SortedSlice<typeof MESSAGE_SORTING>) {
    const values = [
      actor.reach === 'all' ? null : actor.partnerId,
      filter.customerId ?? null,
      filter.status ?? null,
      filter.kind ?? null,
      filter.invoiceId ?? null,
      filter.createdFrom ?? null,
      filter.createdTo ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<MessageView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `notifications.message.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<MessageView> {
    const message = await this.uow.read(actor, (tx) => tx.one<MessageView>(GET, [id]));
    if (!message) throw notificationErrors('notifications.message.not_found');
    return message;
  }
}
