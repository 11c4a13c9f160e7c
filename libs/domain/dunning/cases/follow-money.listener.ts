import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { AssessAccount, type LookCause } from './assess-account.usecase.js';

const CAUSES = {
  'billing.invoice.overdue.v1': 'time',
  'billing.invoice.voided.v1': 'void',
  'billing.credit_note.issued.v1': 'credit',
  'billing.invoice.written_off.v1': 'write_off',
  'billing.invoice.write_off_reversed.v1': 'time',
  'billing.payment.received.v1': 'money',
  'billing.payment.reversed.v1': 'money',
  'billing.payment.excess_written_off.v1': 'write_off',
  'billing.payment.excess_write_off_reversed.v1': 'time',
  // What was under way held the next step up; now it does not.
  'billing.charge.failed.v1': 'time',
} as const satisfies Readonly<Record<string, LookCause>>;
type Told = keyof typeof CAUSES;

/** Looks at an account whenever money of it has moved: who has paid is restored in the payment's wake. */
@Injectable()
@ListensTo({ name: 'dunning.follow-money', events: Object.keys(CAUSES) as Told[] })
export class FollowMoneyListener implements ListensToEvents<Told> {
  constructor(private readonly assess: AssessAccount) {}

  async on({ name, payload }: PublishedEvent<Told>): Promise<void> {
    await this.assess.execute({ actor: systemActor('dunning'), accountId: payload.account_id, cause: CAUSES[name] });
  }
}
