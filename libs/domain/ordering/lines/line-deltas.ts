import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { ServiceStatus } from '@isp/domain/services';
import { ChangeFeed, type Handed, deltaStatement } from '@isp/platform/change-feed';

// Where it is, also after it has left the premise; one that was sold without an order has the address of its own.
const ADDRESS = `coalesce(place.full_text, concat_ws(', ', s.installation_address->>'street', s.installation_address->>'city',
  nullif(concat_ws(' ', s.installation_address->>'state', s.installation_address->>'zip'), ''), s.installation_address->>'country'))`;
const DELTA = deltaStatement('lines-delta', {
  kind: 'service',
  columns: `s.id, s.guid, s.status, nullif(${ADDRESS}, '') AS address, u.name AS "customerName",
            coalesce(sale.name, p.name) AS "productName", greatest(s.updated_at, o.updated_at, w.changed_at) AS "updatedAt"`,
  joins: `JOIN services s ON s.id = c.row_id JOIN customers u ON u.partner_id = s.partner_id AND u.id = s.customer_id
          JOIN plans p ON p.id = s.plan_id
          LEFT JOIN orders o ON o.service_id = s.id
          LEFT JOIN premises place ON place.id = o.premise_id
          LEFT JOIN cpe_settings w ON w.service_id = s.id
          LEFT JOIN LATERAL (SELECT x.name FROM product_sales x
             WHERE x.partner_id = s.partner_id AND x.service_id = s.id ORDER BY x.id DESC LIMIT 1) sale ON true`,
  order: `found."updatedAt", found.id`,
});

/** A line that changed, as it is now. */
export interface LineDelta {
  readonly guid: string;
  readonly status: ServiceStatus;
  readonly customerName: string;
  readonly productName: string;
  readonly address: string | null;
  readonly updatedAt: Date;
}

/** What changed of a partner's lines: a change of the network's view alone is none. */
@Injectable()
export class LineDeltas {
  constructor(private readonly feed: ChangeFeed) {}

  /** Each line that changed since the last answer, once. @throws as `ChangeFeed.take` */
  take(actor: Actor, repeat: boolean): Promise<Handed<LineDelta>> {
    return this.feed.take<LineDelta>(actor, 'service', DELTA, repeat);
  }
}
