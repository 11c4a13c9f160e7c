import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { TicketBook } from '../tickets/ticket-book.js';
import { ticketErrors } from '../tickets/ticket.errors.js';
import { TicketQueries } from '../tickets/ticket.queries.js';
import { TicketRepository } from '../tickets/ticket.repository.js';
import { type AttachmentType, isOfType } from './attachment-types.js';

/** More belongs elsewhere. */
const MOST = 50;

export interface AttachmentView {
  readonly id: number;
  readonly internal: boolean;
  readonly fileName: string;
  readonly contentType: AttachmentType;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly author: string;
  readonly at: Date;
}

export interface AttachFileInput {
  readonly actor: Actor;
  readonly ticketId: number;
  readonly fileName: string;
  readonly contentType: AttachmentType;
  /** At most 5 MiB. */
  readonly content: Buffer;
  /** Among the operator's people. */
  readonly internal?: boolean | undefined;
}

const COLUMNS = `id, internal, file_name AS "fileName", content_type AS "contentType", size_bytes AS "sizeBytes", encode(sha256, 'hex') AS sha256,
  author, at`;
const INSERT = statement(
  'ticket-attachments-insert',
  `INSERT INTO ticket_attachments (partner_id, customer_id, ticket_id, internal, file_name, content_type, size_bytes, sha256, content, author, at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${COLUMNS}`,
);
const LIST = statement(
  'ticket-attachments-list',
  `SELECT ${COLUMNS} FROM ticket_attachments WHERE partner_id = $1 AND ticket_id = $2 ORDER BY id`,
);
const GET = statement(
  'ticket-attachments-get',
  `SELECT ${COLUMNS}, content FROM ticket_attachments WHERE partner_id = $1 AND ticket_id = $2 AND id = $3`,
);

/** Files of tickets. They never change; the digest says that they did not. */
@Injectable()
export class TicketAttachments {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly queries: TicketQueries,
    private readonly book: TicketBook,
  ) {}

  /**
   * @throws `tickets.ticket.not_found`, `tickets.comment.internal`, `tickets.attachment.empty`,
   *   `tickets.attachment.wrong_type`, `tickets.attachment.too_many`
   */
  add({ actor, ticketId, fileName, contentType, content, internal = false }: AttachFileInput): Promise<AttachmentView> {
    return this.uow.run(actor, async (tx) => {
      const ticket = await this.tickets.lock(ticketId);
      if (internal && actor.reach !== 'all') throw ticketErrors('tickets.comment.internal');
      if (content.length === 0) throw ticketErrors('tickets.attachment.empty');
      if (!isOfType(content, contentType)) throw ticketErrors('tickets.attachment.wrong_type', { type: contentType });
      if ((await this.list(actor, ticketId)).length >= MOST)
        throw ticketErrors('tickets.attachment.too_many', { most: MOST });
      const sha256 = createHash('sha256').update(content).digest();
      const by = [await this.book.nameOf(actor), this.book.now()];
      const file = [internal, fileName, contentType, content.length, sha256, content];
      const values = [ticket.partnerId, ticket.customerId, ticketId, ...file, ...by];
      const made = (await tx.one<AttachmentView>(INSERT, values)) as AttachmentView;
      const noted = { file_name: fileName, sha256: made.sha256 };
      this.book.note({ actor, verb: 'attach', internal, noted }, ticket.status, await this.tickets.save(ticket));
      return made;
    });
  }

  /** The oldest first, at most 50. @throws `tickets.ticket.not_found` */
  async list(actor: Actor, ticketId: number): Promise<AttachmentView[]> {
    const { partnerId } = await this.queries.get(actor, ticketId);
    return this.uow.read(actor, (tx) => tx.query<AttachmentView>(LIST, [partnerId, ticketId]));
  }

  /** With its bytes. @throws `tickets.ticket.not_found`, `tickets.attachment.not_found` */
  async get(actor: Actor, ticketId: number, id: number): Promise<AttachmentView & { readonly content: Buffer }> {
    const { partnerId } = await this.queries.get(actor, ticketId);
    const values = [partnerId, ticketId, id];
    const found = await this.uow.read(actor, (tx) => tx.one<AttachmentView & { content: Buffer }>(GET, values));
    if (!found) throw ticketErrors('tickets.attachment.not_found');
    return found;
  }
}
