import { billingFixtures } from './billing-fixtures.js';
import { outageFixtures } from './outage-fixtures.js';

/** What is on record of customers and their services: what they owe, and what happened to them. */
export function recordFixtures(...given: Parameters<typeof billingFixtures>) {
  const [billing, outages] = [billingFixtures(...given), outageFixtures(...given)];
  return { ...billing, happensTo: outages.happensTo, make: { ...billing.make, ...outages.make } };
}
