import { addDays } from '@isp/kernel';
import { periodsDue } from '../engine/billing-periods.js';
import type { AccountTerms } from '../engine/engine.types.js';
import type { AccountView } from './account.view.js';

/** How an account is to be billed; what is absent stays. */
export type TermsInput = Partial<Omit<AccountTerms, 'fromOn'>>;

export const DEFAULT_TERMS: Omit<AccountTerms, 'fromOn'> = {
  cycleMonths: 1,
  billingDay: 1,
  timing: 'advance',
  proration: 'day',
  taxRegion: null,
};

/**
 * The day from which new terms of an account hold: the end of the period that it is in, so that what was invoiced stays
 * as it is.
 */
export function nextTermsOn(account: AccountView, today: string): string {
  // Who pays ahead is in no period that was not bought.
  if (account.prepaid !== null)
    return account.prepaid.until !== null && account.prepaid.until > today ? account.prepaid.until : today;
  const holding = { ...account, terms: account.terms.filter(({ fromOn }, index) => index === 0 || fromOn <= today) };
  const current = periodsDue(holding, addDays(today, 400)).find(({ billedUntil }) => billedUntil > today);
  return current?.billedUntil ?? account.startsOn;
}
