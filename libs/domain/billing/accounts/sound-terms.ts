import { Injectable } from '@nestjs/common';
import { addMonths, readAmount } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import type { Exemption } from '../engine/engine.types.js';
import type { AccountView } from './account.view.js';

const UNKNOWN_CODES = statement(
  'billing-terms-unknown-codes',
  `SELECT c.code FROM unnest($1::text[]) AS c (code) WHERE c.code <> 'plan' AND NOT EXISTS (SELECT FROM tax_rates r WHERE r.code = c.code) LIMIT 1`,
);
const MOST_MONTHS_AWAY = 120;

/** A day that is years away was not meant. @throws `billing.day.far` */
export function refuseFar(what: string, on: string, today: string, months = MOST_MONTHS_AWAY): void {
  const [first, last] = [addMonths(today, -months), addMonths(today, months)];
  if (on < first || on > last) throw billingErrors('billing.day.far', { what, first, last });
}

/** What was due years ago was not meant; a day that never comes may be. @throws `billing.day.far` */
export function refuseLongAgo(what: string, on: string, today: string): void {
  refuseFar(what, on < today ? on : today, today);
}

/** An amount that is to be paid has the decimals of its currency. @throws `billing.amount.unfit` */
export function refuseUnfit(what: string, amount: string, currency: string): void {
  const reading = readAmount(amount, { currency });
  if (!reading.ok) throw billingErrors('billing.amount.unfit', { what, problem: reading.problem });
}

/** What is to be paid by, and exempted: what cannot be meant is refused where it is said. */
@Injectable()
export class SoundTerms {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `billing.amount.unfit`, `billing.period.backwards`, `billing.exemption.unknown_code` */
  async refuseUnsound(
    { currency, exemptions: were }: AccountView,
    changes: {
      readonly limitAmount?: string | null | undefined;
      readonly minimumAmount?: string | undefined;
      readonly exemptions?: readonly Exemption[] | undefined;
    },
  ): Promise<void> {
    const { limitAmount, minimumAmount, exemptions = [] } = changes;
    if (typeof limitAmount === 'string') refuseUnfit('limit_amount', limitAmount, currency);
    if (minimumAmount !== undefined) refuseUnfit('minimum_amount', minimumAmount, currency);
    if (exemptions.some(({ from, until }) => until !== null && until <= from))
      throw billingErrors('billing.period.backwards');
    // Those that are there stay, also when their rate is gone.
    const added = exemptions.flatMap(({ code }) => (code && !were.some((one) => one.code === code) ? [code] : []));
    const row = added.length > 0 ? await this.uow.tx.one<{ code: string }>(UNKNOWN_CODES, [added]) : undefined;
    if (row) throw billingErrors('billing.exemption.unknown_code', { code: row.code });
  }
}
