import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { PaidServices } from '@isp/domain/billing';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { PolicyRepository } from '../policies/policy.repository.js';
import { CaseRepository } from './case.repository.js';
import { ServiceHolds } from './service-holds.js';
import { Situations } from './situation.js';

type Told = 'services.service.activated.v1';

// Accounts that may pay for the service: its customer's, its own, and who pays for either. One that owes nothing has no
// case, and none can be opened in the moment between the activation and the look at it.
const HELD_BACK = `EXISTS (
  WITH accounts AS (
    SELECT a.id FROM billing_accounts a
     WHERE a.partner_id = b.partner_id AND a.customer_id = (b.payload->>'customer_id')::integer
    UNION SELECT g.account_id FROM billing_account_services g WHERE g.service_id = (b.payload->>'service_id')::integer),
  payers AS (SELECT id FROM accounts UNION SELECT y.payer_account_id FROM billing_payers y JOIN accounts ON y.account_id = accounts.id)
  SELECT FROM payers p
   WHERE EXISTS (SELECT FROM dunning_cases c WHERE c.account_id = p.id AND c.closed_at IS NULL)
      OR EXISTS (SELECT FROM invoices i WHERE i.account_id = p.id AND i.status IN ('pending', 'partially_paid', 'overdue')))`;

/** A service that comes up while its account is held back is held back as well. */
@Injectable()
@ListensTo({
  name: 'dunning.follow-service',
  events: ['services.service.activated.v1'] satisfies Told[],
  concerning: HELD_BACK,
})
export class FollowServiceListener implements ListensToEvents<Told> {
  constructor(
    private readonly paid: PaidServices,
    private readonly situations: Situations,
    private readonly cases: CaseRepository,
    private readonly policies: PolicyRepository,
    private readonly holds: ServiceHolds,
  ) {}

  async on({ payload }: PublishedEvent<Told>): Promise<void> {
    const actor = systemActor('dunning');
    const accountId = await this.paid.accountOf(payload.service_id);
    if (accountId === null || !(await this.cases.openOf(accountId))) return;
    const { services, overdue } = await this.situations.hold(actor, accountId);
    // Paid, and nobody has looked at the case since.
    if (overdue.unpaidSince === null) return;
    const it = await this.cases.openOf(accountId);
    const own = services.filter(({ id }) => id === payload.service_id);
    if (!it || it.level === 'none') return;
    const { steps } = await this.policies.version(it.policyId, it.policyVersion);
    const throttling = steps.find(({ action }) => action === 'throttle');
    const { downloadKbps = null, uploadKbps = null } = throttling ?? {};
    if (downloadKbps !== null && uploadKbps !== null) await this.holds.throttle(it, own, { downloadKbps, uploadKbps });
    if (it.level === 'suspended') await this.holds.block(actor, it, own);
  }
}
