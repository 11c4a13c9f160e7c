import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ChangeFeed, type Handed, deltaStatement } from '@isp/platform/change-feed';
import type { InstallationAddress, ServiceStatus } from '../services/service.entity.js';

const DELTA = deltaStatement('services-delta', {
  kind: 'service',
  columns: `s.id, s.guid, s.status, s.installation_address AS "installationAddress", s.updated_at AS "updatedAt",
            u.name AS "customerName", p.name AS "productName"`,
  joins: `JOIN services s ON s.id = c.row_id JOIN customers u ON u.partner_id = s.partner_id AND u.id = s.customer_id
          JOIN plans p ON p.id = s.plan_id`,
  order: `found."updatedAt", found.id`,
});

/** A service that changed, as it is now. */
export interface ServiceDelta {
  readonly guid: string;
  readonly status: ServiceStatus;
  readonly customerName: string;
  readonly productName: string;
  readonly installationAddress: InstallationAddress | null;
  readonly updatedAt: Date;
}

/** What changed of a partner's services: a change of the network's view alone is none. */
@Injectable()
export class ServiceDeltas {
  constructor(private readonly feed: ChangeFeed) {}

  /** Each service that changed since the last answer, once. @throws as `ChangeFeed.take` */
  take(actor: Actor, repeat: boolean): Promise<Handed<ServiceDelta>> {
    return this.feed.take<ServiceDelta>(actor, 'service', DELTA, repeat);
  }
}
