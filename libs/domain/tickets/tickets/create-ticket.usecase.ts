import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { CustomerQueries, type CustomerView } from '@isp/domain/customers';
import { UnitOfWork } from '@isp/platform/database';
import { SlaTermsBook } from '../clocks/sla-terms.js';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { SupportTeams } from '../settings/support-teams.js';
import { TicketCategories } from '../settings/ticket-categories.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketLinks } from './ticket-links.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketPriority, TicketSource } from './ticket.states.js';
import type { LinkView, TicketView } from './ticket.view.js';

export interface CreateTicketInput {
  readonly actor: Actor;
  /** Nobody's in particular when absent (an outage); a signed-in customer's are its own. */
  readonly customerId?: number | undefined;
  readonly subject: string;
  readonly description?: string | undefined;
  /** Code of a category or sub-category that is in use. */
  readonly category: string;
  /** Medium when absent. */
  readonly priority?: TicketPriority | undefined;
  readonly source?: TicketSource | undefined;
  readonly location?: string | undefined;
  readonly teamId?: number | undefined;
  /** Services that it is about; their plans say which SLA policy fits. */
  readonly serviceIds?: readonly number[] | undefined;
  /** What else it is about. */
  readonly links?: readonly LinkView[] | undefined;
  /** When the clocks began, where that was before now (the beginning of an outage). */
  readonly openedAt?: Date | undefined;
}

/** What a new ticket names of the operator's settings. */
@Injectable()
export class TicketSettings {
  constructor(
    private readonly categories: TicketCategories,
    private readonly teams: SupportTeams,
  ) {}

  async of({ category, teamId }: Pick<CreateTicketInput, 'category' | 'teamId'>) {
    const { id: categoryId } = await this.categories.usable(category);
    const team = teamId === undefined ? null : await this.teams.usable(teamId);
    return { categoryId, teamId: team?.id ?? null };
  }
}

/** The row of a new ticket with its history. */
@Injectable()
export class TicketWriter {
  constructor(
    private readonly tickets: TicketRepository,
    private readonly book: TicketBook,
  ) {}

  async insert(
    input: CreateTicketInput,
    place: Pick<TicketView, 'partnerId' | 'customerId' | 'categoryId' | 'teamId'>,
    terms: Parameters<TicketRepository['insert']>[1],
  ): Promise<TicketView> {
    const { actor, subject, description = '', priority = 'medium', location = '' } = input;
    const openedAt = input.openedAt ?? this.book.now();
    if (openedAt > this.book.now()) throw ticketErrors('tickets.ticket.opened_later');
    const createdBy = await this.book.nameOf(actor);
    const made = { ...place, subject, description, priority, location, openedAt, createdBy };
    const ticket = await this.tickets.insert({ ...made, source: input.source ?? sourceOf(actor) }, terms);
    this.book.note({ actor, verb: 'create', noted: { subject, category: input.category, priority } }, null, ticket);
    return ticket;
  }
}

function sourceOf({ kind, reach }: Actor): TicketSource {
  if (kind === 'system') return 'system';
  return kind === 'user' && reach === 'customer' ? 'portal' : 'api';
}

/**
 * Opens a ticket under the SLA policy of now, with its number and both of its clocks, in the caller's transaction where
 * there is one.
 * @throws `customers.customer.not_found`, `tickets.ticket.customer_missing`, `tickets.category.unknown`,
 *   `tickets.team.unknown`, `tickets.service.unknown`, `tickets.link.unknown`, `tickets.link.itself`,
 *   `tickets.ticket.opened_later`
 */
@Injectable()
export class CreateTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly settings: TicketSettings,
    private readonly terms: SlaTermsBook,
    private readonly clocks: TicketClocks,
    private readonly links: TicketLinks,
    private readonly writer: TicketWriter,
  ) {}

  execute(input: CreateTicketInput): Promise<TicketView> {
    const { actor } = input;
    return this.uow.run(actor, async () => {
      const customer = await this.customerOf(input);
      const { categoryId, teamId } = await this.settings.of(input);
      const services = await this.links.services(actor, customer?.id ?? null, input.serviceIds ?? []);
      const plans = services.map(({ planId }) => planId);
      const terms = await this.terms.choose(customer?.supportTier ?? null, plans);
      const place = { partnerId: customer?.partnerId ?? OPERATOR_PARTNER_ID, customerId: customer?.id ?? null };
      const ticket = await this.writer.insert(input, { ...place, categoryId, teamId }, terms);
      await this.clocks.open(ticket);
      await this.links.add(actor, ticket, [
        ...services.map(({ id }) => ({ type: 'service' as const, id })),
        ...(input.links ?? []),
      ]);
      return ticket;
    });
  }

  private async customerOf({ actor, customerId = actor.customerId }: CreateTicketInput): Promise<CustomerView | null> {
    if (customerId !== undefined) return this.customers.get(actor, customerId);
    if (actor.reach !== 'all') throw ticketErrors('tickets.ticket.customer_missing');
    return null;
  }
}
