import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccountQueries, ChangeAccount, InvoiceQueries } from '@isp/domain/billing';
import { CancelMessage, MessageQueries, SendInvoice } from '@isp/domain/notifications';
import { UnitOfWork } from '@isp/platform/database';
import { ALL, SEEDER } from './seeder.js';

/** Whose last invoice is sent, in which language, and what becomes of it. */
const LETTERS = [
  { customerId: 1, language: 'en', calledOff: false },
  { customerId: 2, language: 'de', calledOff: false },
  { customerId: 3, language: 'fr', calledOff: false },
  { customerId: 4, language: 'es', calledOff: true },
] as const;
const ONE = { limit: 1, offset: 0 };

/**
 * Customers who have their invoices by e-mail, and what was sent to them: the sandbox's worker writes it into files. Nothing
 * where somebody was written to already.
 */
export function seedMessages(app: NestFastifyApplication): Promise<void> {
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never, { strict: false });
  return app.get(UnitOfWork).run(SEEDER, async () => {
    if ((await get(MessageQueries).list(SEEDER, {}, ONE)).total > 0) return;
    for (const { customerId, language, calledOff } of LETTERS) {
      const { rows: accounts } = await get(AccountQueries).list(SEEDER, { customerId }, ALL);
      const { rows: invoices } = await get(InvoiceQueries).list(SEEDER, { customerId }, ONE);
      const [[account], [invoice]] = [accounts, invoices];
      if (!account || !invoice) continue;
      const changes = { language, invoiceDelivery: 'email' } as const;
      await get(ChangeAccount).execute({ actor: SEEDER, accountId: account.id, changes });
      const { id: messageId } = await get(SendInvoice).execute({ actor: SEEDER, invoiceId: invoice.id });
      if (calledOff) await get(CancelMessage).execute({ actor: SEEDER, messageId });
    }
  });
}
