import { seedBilling } from './seed-billing.js';
import { seedDunning } from './seed-dunning.js';
import { seedIssuer } from './seed-issuer.js';
import { seedMessages } from './seed-messages.js';
import { seedPaymentMethods } from './seed-payment-methods.js';
import { seedPrepaid } from './seed-prepaid.js';
import { seedWriteOffs } from './seed-write-offs.js';

/** Who issues invoices, what customers owe and how they pay, what was sent to them and what is done where they do not. */
export const SEED_MONEY = [
  seedIssuer,
  seedBilling,
  seedWriteOffs,
  seedPaymentMethods,
  seedMessages,
  seedPrepaid,
  seedDunning,
] as const;
