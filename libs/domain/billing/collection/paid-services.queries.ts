import { Inject, Injectable } from '@nestjs/common';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { AccountView } from '../accounts/account.view.js';

// The account that a service is billed to on a day, or the one that pays for that account then.
const PAYER = `coalesce(
    (SELECT y.payer_account_id FROM billing_payers y WHERE y.account_id = b.id AND y.from_on <= $2 AND (y.until_on IS NULL OR y.until_on > $2)), b.id)`;
const BILLED_TO = `LATERAL (SELECT coalesce(
    (SELECT g.account_id FROM billing_account_services g WHERE g.service_id = s.id AND g.from_on <= $2 ORDER BY g.from_on DESC LIMIT 1),
    (SELECT min(h.id) FROM billing_accounts h WHERE h.partner_id = s.partner_id AND h.customer_id = s.customer_id AND h.currency = s.currency)) AS id) b`;
const OF_ACCOUNT = statement(
  'billing-paid-services',
  `SELECT s.id, s.status, s.service_type AS "serviceType", s.bundle_id AS "bundleId", s.plan_id AS "planId",
          'balance' = ANY (s.suspended_for) AS "heldForBalance"
     FROM services s CROSS JOIN ${BILLED_TO}
    WHERE s.partner_id = $3 AND s.status <> 'terminated' AND ${PAYER} = $1
      AND s.customer_id IN (SELECT a.customer_id FROM billing_accounts a WHERE a.id = $1
                            UNION SELECT y.customer_id FROM billing_payers y WHERE y.partner_id = $3 AND y.payer_account_id = $1)
    ORDER BY s.id`,
);
const ACCOUNT_OF = statement(
  'billing-paying-account',
  `SELECT ${PAYER} AS id FROM services s CROSS JOIN ${BILLED_TO} WHERE s.id = $1`,
);

/** A service that is not terminated, and that an account pays for today. */
export interface PaidService {
  readonly id: number;
  readonly status: string;
  readonly serviceType: string;
  readonly bundleId: number | null;
  readonly planId: number;
  /** Blocked, or to be blocked once it works, because the balance of a prepaid account does not cover it. */
  readonly heldForBalance: boolean;
}

/** Which account pays for which service. */
@Injectable()
export class PaidServices {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those of an account, by id. */
  of({ id, partnerId, timeZone }: AccountView): Promise<PaidService[]> {
    const today = localDate(this.clock.now(), timeZone);
    return this.uow.tx.query<PaidService>(OF_ACCOUNT, [id, today, partnerId]);
  }

  /** The account that pays for a service; none where the customer has no account of its currency. */
  async accountOf(serviceId: number): Promise<number | null> {
    const today = localDate(this.clock.now(), 'UTC');
    return (await this.uow.tx.one<{ id: number | null }>(ACCOUNT_OF, [serviceId, today]))?.id ?? null;
  }
}
