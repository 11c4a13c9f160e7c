import { billingFixtures } from './billing-fixtures.js';
import { outageFixtures } from './outage-fixtures.js';
import { supplierFixtures } from './supplier-fixtures.js';
import { ticketFixtures } from './ticket-fixtures.js';
import { workforceFixtures } from './workforce-fixtures.js';

/** What is on record of customers and their services: what they owe, what happened to them, what they asked for. */
export function recordFixtures(...[use, sql, thing]: Parameters<typeof billingFixtures>) {
  const [billing, outages] = [billingFixtures(use, sql, thing), outageFixtures(use, sql, thing)];
  const tickets = ticketFixtures(use, thing);
  const workforce = workforceFixtures(use, thing);
  const make = {
    ...billing.make,
    ...outages.make,
    ...tickets.make,
    ...workforce.make,
    ...supplierFixtures(use, sql).make,
  };
  return { ...billing, ...tickets, happensTo: outages.happensTo, make };
}
