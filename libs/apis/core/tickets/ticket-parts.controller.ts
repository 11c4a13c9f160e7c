import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  Answer,
  CurrentActor,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  fileBody,
  intId,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  EscalateTicket,
  LinkTicket,
  MergeTicket,
  TicketAttachments,
  TicketQueries,
  UnlinkTicket,
} from '@isp/domain/tickets';
import { z } from 'zod';
import { attachmentExample, ticketExample } from './ticket.examples.js';
import { presentAttachment, presentTicket } from './ticket.presenter.js';
import * as schema from './ticket.schema.js';

/** Whatever it is, a browser is to store it and not to look into it. */
const FILE = { 'content-type': 'application/octet-stream', 'cache-control': 'private, no-store' };

@ApiTags('Tickets')
@Controller('v1/tickets/:ticket_id')
export class TicketPartsController {
  constructor(
    private readonly tickets: TicketQueries,
    private readonly merge: MergeTicket,
    private readonly escalate: EscalateTicket,
    private readonly link: LinkTicket,
    private readonly unlink: UnlinkTicket,
    private readonly attachments: TicketAttachments,
  ) {}

  @Post('merge')
  @Operation({
    access: 'ticket.manage',
    summary: 'Let a ticket go on in another one',
    description:
      'It is closed for good and its clocks are of no account; what it was linked to is linked to the other. Both are the same ' +
      'customer’s, or the other is nobody’s.',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'closed', merged_into_id: 120 },
    requestExample: { into_ticket_id: 120 },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async mergeTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.mergeBody) { into_ticket_id: intoId }: schema.MergeBody,
  ) {
    await this.merge.execute({ actor, ticketId, intoId });
    return presentTicket(await this.tickets.details(actor, ticketId));
  }

  @Post('escalate')
  @Operation({
    access: 'ticket.manage',
    summary: 'Take a ticket up a level',
    description:
      'By hand, ahead of the chain of its policy. `to` is free text: a team or a person, not necessarily a user. It is in the ' +
      'ticket’s history with the reason, and the customer can read both there.',
    response: schema.ticketShape,
    example: {
      ...ticketExample,
      escalation: { level: 1, to: 'Network operations', at: '2025-01-29T12:00:00Z' },
    },
    requestExample: { to: 'Network operations', reason: 'A hospital' },
    errors: ['not_found', 'conflict'],
  })
  async escalateTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.escalateBody) { to, reason }: schema.EscalateBody,
  ) {
    await this.escalate.execute({ actor, ticketId, to, reason });
    return presentTicket(await this.tickets.details(actor, ticketId));
  }

  @Post('links')
  @Operation({
    access: 'ticket.manage',
    summary: 'Say what else a ticket is about',
    description:
      'An outage, or what the ticket’s customer has: a service, a work order, an invoice or another ticket, which can be ' +
      'nobody’s too. A ticket without a customer can be about anybody’s.',
    response: schema.ticketShape,
    example: ticketExample,
    requestExample: { type: 'service', id: 789 },
    errors: ['not_found', 'unprocessable'],
  })
  async addLink(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.linkBody) link: schema.LinkBody,
  ) {
    await this.link.execute({ actor, ticketId, link });
    return presentTicket(await this.tickets.details(actor, ticketId));
  }

  @Delete('links/:type/:target_id')
  @Operation({ access: 'ticket.manage', summary: 'Take a link back', status: 204, errors: ['not_found'] })
  async removeLink(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @PathParam('type', schema.linkType) type: schema.LinkTypeParam,
    @PathParam('target_id', intId) id: number,
  ) {
    await this.unlink.execute({ actor, ticketId, link: { type, id } });
  }

  @Post('attachments')
  @ApiConsumes('application/octet-stream')
  @Operation({
    access: 'ticket.comment',
    summary: 'Attach a file to a ticket',
    description:
      'The body is the file, at most 5 MiB; a ticket has at most 50. The bytes must be what `content_type` says.',
    status: 201,
    response: schema.attachmentShape,
    example: attachmentExample,
    errors: ['not_found', 'conflict', 'unprocessable', 'payload_too_large'],
  })
  async attach(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @QueryString(schema.attachQuery) query: schema.AttachQuery,
    @JsonBody(fileBody) body: string,
  ) {
    const { file_name: fileName, content_type: contentType, internal } = query;
    const content = Buffer.from(body, 'latin1');
    const made = await this.attachments.add({ actor, ticketId, fileName, contentType, content, internal });
    return createdAt(`/v1/tickets/${ticketId}/attachments/${made.id}`, presentAttachment(made));
  }

  @Get('attachments')
  @Operation({
    access: 'ticket.read',
    summary: 'List the files of a ticket, oldest first',
    response: schema.attachmentsShape,
    example: { attachments: [attachmentExample] },
    errors: ['not_found'],
  })
  async listAttachments(@CurrentActor() actor: Actor, @PathParam('ticket_id', intId) ticketId: number) {
    return { attachments: (await this.attachments.list(actor, ticketId)).map(presentAttachment) };
  }

  @Get('attachments/:attachment_id')
  @Operation({
    access: 'ticket.read',
    summary: 'Read a file of a ticket',
    contentType: 'application/octet-stream',
    response: z.string(),
    errors: ['not_found'],
  })
  async readAttachment(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @PathParam('attachment_id', intId) id: number,
  ) {
    const { content, fileName } = await this.attachments.get(actor, ticketId, id);
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`;
    return new Answer(content, { ...FILE, 'content-disposition': disposition });
  }
}
