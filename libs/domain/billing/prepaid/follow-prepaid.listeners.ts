import { Injectable } from '@nestjs/common';
import { type JobPayload, systemActor } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { LookAtPrepaid } from './look-at-prepaid.usecase.js';
import { PrepaidQueries } from './prepaid.queries.js';

const ACTOR = systemActor('billing');
const JOB = 'billing.prepaid-look';

@Injectable()
@HandlesJobs({ job: JOB })
export class PrepaidLookHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly look: LookAtPrepaid) {}

  async handle({ account_id: accountId }: JobPayload<typeof JOB>): Promise<void> {
    await this.look.execute({ actor: ACTOR, accountId });
  }
}

const MONEY = [
  'billing.payment.received.v1',
  'billing.payment.reversed.v1',
  'billing.credit_note.issued.v1',
  'billing.invoice.voided.v1',
  'billing.refund.succeeded.v1',
  'billing.refund.failed.v1',
] as const;
type ToldOfMoney = (typeof MONEY)[number];

/** Looks at a prepaid account whenever money of it has moved: a top-up restores in its wake. */
@Injectable()
@ListensTo({
  name: 'billing.prepaid-follow-money',
  events: [...MONEY],
  concerning: `EXISTS (SELECT FROM billing_accounts a WHERE a.id = (b.payload->>'account_id')::integer AND a.kind = 'prepaid')`,
})
export class PrepaidMoneyListener implements ListensToEvents<ToldOfMoney> {
  constructor(private readonly look: LookAtPrepaid) {}

  async on({ payload }: PublishedEvent<ToldOfMoney>): Promise<void> {
    await this.look.execute({ actor: ACTOR, accountId: payload.account_id });
  }
}

const SERVICES = [
  'services.service.activated.v1',
  'services.service.changed.v1',
  'services.service.suspended.v1',
  'services.service.reactivated.v1',
  'services.service.terminated.v1',
] as const;
type ToldOfServices = (typeof SERVICES)[number];

/** Looks at the prepaid accounts of a customer whenever a service of it begins, ends, rests or costs something else. */
@Injectable()
@ListensTo({
  name: 'billing.prepaid-follow-services',
  events: [...SERVICES],
  concerning: `EXISTS (SELECT FROM billing_accounts a WHERE a.partner_id = b.partner_id AND a.customer_id = (b.payload->>'customer_id')::integer
    AND a.kind = 'prepaid')`,
})
export class PrepaidServicesListener implements ListensToEvents<ToldOfServices> {
  constructor(
    private readonly look: LookAtPrepaid,
    private readonly prepaid: PrepaidQueries,
  ) {}

  async on({ payload }: PublishedEvent<ToldOfServices>): Promise<void> {
    for (const accountId of await this.prepaid.accountsOf(payload.partner_id, payload.customer_id))
      await this.look.execute({ actor: ACTOR, accountId });
  }
}
