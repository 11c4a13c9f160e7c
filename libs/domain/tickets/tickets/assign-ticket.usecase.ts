import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UserQueries } from '@isp/domain/access';
import { UnitOfWork } from '@isp/platform/database';
import { SupportTeams } from '../settings/support-teams.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketView } from './ticket.view.js';

export interface AssignTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  /** One of the operator's people; null: nobody any more. What is left out stays. */
  readonly userId?: number | null | undefined;
  readonly teamId?: number | null | undefined;
}

/**
 * Gives a ticket to a team, to a person, or to both.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.over`, `tickets.team.unknown`, `tickets.assignee.unknown`
 */
@Injectable()
export class AssignTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly users: UserQueries,
    private readonly teams: SupportTeams,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, userId, teamId }: AssignTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      const person = userId === undefined ? {} : await this.person(actor, userId);
      const team = teamId === undefined ? {} : await this.team(teamId);
      return this.book.change({ actor, verb: 'assign' }, before, { ...person, ...team });
    });
  }

  private async person(actor: Actor, userId: number | null) {
    if (userId === null) return { assignedUserId: null, assignedUser: null };
    const user = await this.users.findStaff(actor, userId);
    if (!user) throw ticketErrors('tickets.assignee.unknown');
    return { assignedUserId: user.id, assignedUser: user.fullName };
  }

  private async team(teamId: number | null) {
    if (teamId === null) return { teamId: null, team: null };
    const { id, name } = await this.teams.usable(teamId);
    return { teamId: id, team: name };
  }
}
