import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { LinkTicket } from '@isp/domain/tickets';
import { UnitOfWork, statement } from '@isp/platform/database';

// A fault is about an outage that lasts, that ended within a day, or that is found within the hour; a dispute about one of
// this month or the one before, whose credits are on the bills of now. What a person took back is not linked again.
const ABOUT = `SELECT DISTINCT t.id AS "ticketId", o.id AS "outageId"
  FROM tickets t JOIN ticket_categories k ON k.id = t.category_id LEFT JOIN ticket_categories p ON p.id = k.parent_id
  JOIN outage_services s ON s.partner_id = t.partner_id AND s.customer_id = t.customer_id JOIN outages o ON o.id = s.outage_id
 WHERE t.status NOT IN ('resolved', 'closed') AND o.status NOT IN ('cancelled', 'merged')
   AND CASE coalesce(p.code, k.code)
         WHEN 'billing_dispute' THEN s.since <= t.opened_at AND coalesce(o.ended_at, t.opened_at) >= t.opened_at - interval '62 days'
         ELSE coalesce(p.code, k.code) IN ('service_outage', 'slow_speed', 'equipment')
           AND s.since <= t.opened_at + interval '1 hour' AND coalesce(o.ended_at, t.opened_at) >= t.opened_at - interval '1 day'
       END
   AND (EXISTS (SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.type = 'service' AND l.target_id = s.service_id)
     OR NOT EXISTS (SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.type = 'service'))
   AND NOT EXISTS (SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.type = 'outage' AND l.target_id = o.id)
   AND NOT EXISTS (SELECT FROM ticket_history h WHERE h.partner_id = t.partner_id AND h.ticket_id = t.id AND h.action = 'link'
                      AND h.changes ->> 'unlinked' = 'outage ' || o.id)`;
const OF = {
  ticket: statement('outages-tickets-of-ticket', `${ABOUT} AND t.partner_id = $1 AND t.id = $2 ORDER BY 1, 2 LIMIT $3`),
  outage: statement('outages-tickets-of-outage', `${ABOUT} AND t.partner_id = $1 AND o.id = $2 ORDER BY 1, 2 LIMIT $3`),
} as const;
/** Links of one transaction; what is linked is not found again. */
const SLICE = 50;

const ACTOR = systemActor('outages');

/** Links tickets to the outages that they are about: faults and disputes of customers whose services an outage reached. */
@Injectable()
export class LinkTickets {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly link: LinkTicket,
  ) {}

  /**
   * Of one ticket, or of one outage with the tickets of a partner; outside a transaction by several, so that nobody waits
   * long for a ticket. Answers how many links were made; again makes none.
   */
  async execute(of: keyof typeof OF, partnerId: number, id: number): Promise<number> {
    let made = 0;
    for (let slice = SLICE; slice === SLICE; made += slice) slice = await this.slice(of, partnerId, id);
    return made;
  }

  private slice(of: keyof typeof OF, partnerId: number, id: number): Promise<number> {
    return this.uow.run(ACTOR, async (tx) => {
      const found = await tx.query<{ ticketId: number; outageId: number }>(OF[of], [partnerId, id, SLICE]);
      for (const { ticketId, outageId } of found)
        await this.link.execute({ actor: ACTOR, ticketId, link: { type: 'outage', id: outageId } });
      return found.length;
    });
  }
}
