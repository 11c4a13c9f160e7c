import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import {
  CloseTicket,
  CreateTicket,
  LinkTicket,
  MoveTicket,
  SlaCalendars,
  SlaPolicies,
  SupportTeams,
  TicketAttachments,
  TicketCategories,
} from '@isp/domain/tickets';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
const MINUTES = { first_response_minutes: 10, resolution_minutes: 100, around_the_clock: true };
const TERMS = {
  calendarId: 1,
  targets: { critical: MINUTES, high: MINUTES, medium: MINUTES, low: MINUTES },
  warnPercent: 80,
  escalations: [],
};

let serial = 0;
const next = (): number => (serial += 1);
let other = 0;
/** The ticket that the newest `ticket_to_merge` can go on in. */
export const lastOther = (): number => other;

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Make = (what: 'customer', partnerId: number) => Promise<string | number>;

/** What customers want, and how long that may take. `thing` makes who wants it. */
export function ticketFixtures(use: Use, thing: Make) {
  const ticket = async (customerId: number): Promise<number> => {
    const made = { actor: EVERYTHING, customerId, subject: `Made ${next()}`, category: 'other' };
    return (await use(CreateTicket).execute(made)).id;
  };
  /** By what they are, of a customer. */
  const ticketsOf = {
    ticket,
    pending_ticket: async (customerId: number) => {
      const ticketId = await ticket(customerId);
      await use(MoveTicket).execute({ actor: EVERYTHING, ticketId, verb: 'pend', to: 'pending_customer' });
      return ticketId;
    },
    closed_ticket: async (customerId: number) => {
      const ticketId = await ticket(customerId);
      await use(CloseTicket).execute({ actor: EVERYTHING, ticketId });
      return ticketId;
    },
    linked_ticket: async (customerId: number) => {
      const ticketId = await ticket(customerId);
      await use(LinkTicket).execute({ actor: EVERYTHING, ticketId, link: { type: 'outage', id: 1 } });
      return `${ticketId}/outage/1`;
    },
    ticket_to_merge: async (customerId: number) => {
      other = await ticket(customerId);
      return ticket(customerId);
    },
    ticket_file: async (customerId: number) => {
      const ticketId = await ticket(customerId);
      const file = { fileName: 'made.txt', contentType: 'text/plain', content: Buffer.from('Made') } as const;
      return `${ticketId}/${(await use(TicketAttachments).add({ actor: EVERYTHING, ticketId, ...file })).id}`;
    },
  };
  const of = (what: keyof typeof ticketsOf) => async (partnerId: number) =>
    ticketsOf[what](Number(await thing('customer', partnerId)));
  const make = {
    ticket: of('ticket'),
    pending_ticket: of('pending_ticket'),
    closed_ticket: of('closed_ticket'),
    linked_ticket: of('linked_ticket'),
    ticket_to_merge: of('ticket_to_merge'),
    ticket_file: of('ticket_file'),
    ticket_category: async () => {
      const made = { code: `made_${next()}`, name: 'Made' };
      return (await use(TicketCategories).add(EVERYTHING, made)).id;
    },
    support_team: async () => (await use(SupportTeams).add(EVERYTHING, `Made ${next()}`)).id,
    sla_policy: async () => {
      const made = { name: 'Made', supportTier: `Made ${next()}`, planId: null, ...TERMS };
      return (await use(SlaPolicies).add(EVERYTHING, made)).id;
    },
    sla_calendar: async () => {
      const hours = [{ weekday: 1, from: '08:00', until: '17:00' }];
      const made = { name: `Made ${next()}`, timeZone: 'UTC', hours, holidays: [] };
      return (await use(SlaCalendars).add(EVERYTHING, made)).id;
    },
  };
  return { make, ticketsOf };
}
