import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { historyValues, noted, parameters } from './service-history.js';
import type { OperationalStatus } from './service.entity.js';

// The version stays: what the network does is nothing that an editor of the service could have overlooked.
const SET = statement(
  'services-operational',
  `WITH before AS (
     SELECT id, operational_status FROM services WHERE id = $1 AND status <> 'terminated' FOR NO KEY UPDATE),
   moved AS (
     UPDATE services s SET operational_status = $2, updated_at = now() FROM before
      WHERE s.id = before.id AND before.operational_status <> $2
     RETURNING s.*, s.status AS moved_from, before.operational_status AS operated_from),
   ${noted(parameters(3))}
   SELECT 1 FROM moved`,
);

export interface SetOperationalStatusInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly status: OperationalStatus;
  readonly reason?: string | undefined;
}

/**
 * Notes what the network does for a service, with its history; the commercial state is another axis and stays. Reports
 * about a service that is unknown or terminated change nothing.
 */
@Injectable()
export class SetOperationalStatus {
  constructor(private readonly uow: UnitOfWork) {}

  /** Answers whether the report was news. */
  execute({ actor, serviceId, status, reason }: SetOperationalStatusInput): Promise<boolean> {
    return this.uow.run(actor, async (tx) => {
      const rows = await tx.query(SET, [serviceId, status, ...historyValues(actor, reason)]);
      return rows.length > 0;
    });
  }
}
