import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SEEDER } from './seeder.js';

// Who has which method is told from the customer's number, as who pays is: the late ones have cards that refuse, every
// fifth has none.
const METHODS = statement(
  'sandbox-payment-methods',
  `INSERT INTO payment_methods (partner_id, customer_id, gateway, kind, token, brand, last_digits, expires_on, is_default, created_by)
   SELECT c.partner_id, c.id, 'sandbox', CASE m.what WHEN 'sepa' THEN 'direct_debit' ELSE 'card' END, 'tok_' || m.what || '.customer-' || c.id,
          CASE m.what WHEN 'sepa' THEN 'sepa' WHEN 'mastercard' THEN 'mastercard' ELSE 'visa' END, CASE m.what WHEN 'sepa' THEN '3000' ELSE '4242' END,
          CASE m.what WHEN 'sepa' THEN NULL WHEN 'expired' THEN date '2024-12-31' ELSE date '2098-12-31' END, true, 'system:sandbox'
     FROM customers c CROSS JOIN LATERAL (SELECT CASE WHEN c.id % 17 = 0 THEN 'expired' WHEN c.id % 9 = 0 THEN 'decline_insufficient_funds'
            WHEN c.id % 3 = 2 THEN 'sepa' WHEN c.id % 2 = 0 THEN 'mastercard' ELSE 'visa' END AS what) m
    WHERE c.id <= 100 AND c.id % 5 <> 0 AND NOT EXISTS (SELECT FROM payment_methods p WHERE p.customer_id = c.id) ORDER BY c.id`,
);
const AUTOPAY = statement(
  'sandbox-autopay',
  `UPDATE billing_accounts a SET autopay = true WHERE a.customer_id <= 100 AND a.customer_id % 3 <> 0 AND a.customer_id % 17 <> 0 AND NOT a.autopay
      AND EXISTS (SELECT FROM payment_methods m WHERE m.customer_id = a.customer_id AND m.created_by = 'system:sandbox' AND m.version = 1)
      AND a.version = 1`,
);

/** Cards and accounts of the test customers at the sandbox's gateway, always the same. */
export async function seedPaymentMethods(app: NestFastifyApplication): Promise<void> {
  await app.get(UnitOfWork).run(SEEDER, async (tx) => {
    await tx.execute(METHODS);
    await tx.execute(AUTOPAY);
  });
}
