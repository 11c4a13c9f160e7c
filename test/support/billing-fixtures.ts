import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import {
  BillingRuns,
  OneOffCharges,
  OpenAccount,
  RecordPayment,
  RefundPayment,
  RetailPromotions,
  ReversePayment,
  WriteInvoice,
  WriteOffInvoice,
} from '@isp/domain/billing';
import { SendInvoice } from '@isp/domain/notifications';
import { ServiceQueries } from '@isp/domain/services';
import { addMonths, localDate, systemClock } from '@isp/kernel';
import { dunningFixtures } from './dunning-fixtures.js';
import { paymentFixtures } from './payment-fixtures.js';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };

let serial = 0;
const next = (): number => (serial += 1);
let assignable = 0;
/** The service of the newest `account_with_service`. */
export const lastService = (): number => assignable;

let redeemable = '';
/** The code of the newest `account_and_promotion`. */
export const lastCode = (): string => redeemable;

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;
type Make = (what: 'customer' | 'service', partnerId: number) => Promise<string | number>;

/** What customers owe and pay. `thing` makes what they are billed for. */
export function billingFixtures(use: Use, sql: Sql, thing: Make) {
  const accountOf = async (customerId: number): Promise<number> => {
    const [row] = await sql<{ id: number }>(
      `SELECT id FROM billing_accounts WHERE customer_id = ${customerId} ORDER BY id`,
    );
    return row?.id ?? 0;
  };
  /** An invoice over 10.00 of a customer. */
  const invoiceOf = async (customerId: number, draft = false): Promise<number> => {
    const accountId = await accountOf(customerId);
    const lines = [{ description: 'Made', amount: '10', quantity: '1', prorationFactor: '1' }];
    return (await use(WriteInvoice).execute({ actor: EVERYTHING, accountId, kind: 'one_off', lines, draft })).id;
  };
  const paymentOf = async (customerId: number): Promise<number> => {
    const accountId = await accountOf(customerId);
    return (await use(RecordPayment).execute({ actor: EVERYTHING, accountId, amount: '5', method: 'cash' })).id;
  };
  const messageOf = async (customerId: number): Promise<number> =>
    (await use(SendInvoice).execute({ actor: EVERYTHING, invoiceId: await invoiceOf(customerId) })).id;
  const billing_account = async (partnerId: number) => accountOf(Number(await thing('customer', partnerId)));
  /** One more account of a customer, that pays ahead. */
  const prepaidOf = async (customerId: number): Promise<number> =>
    (await use(OpenAccount).execute({ actor: EVERYTHING, customerId, name: 'Ahead', kind: 'prepaid' })).id;
  const promotion = async () => {
    const off = { percent: '10', monthlyAmount: null, currency: null, months: 3, planId: null };
    const code = `MADE-${next()}`;
    const dates = { from: '2020-01-01', until: null, mostRedemptions: null };
    return use(RetailPromotions).add(EVERYTHING, { code, name: 'Made', ...off, ...dates });
  };
  const customerOf = async (partnerId: number) => Number(await thing('customer', partnerId));
  const payments = paymentFixtures(use, sql, customerOf, accountOf);
  const dryRun = async () => {
    const untilOn = addMonths(localDate(systemClock.now(), 'UTC'), 12);
    return (await use(BillingRuns).create({ actor: EVERYTHING, dryRun: true, untilOn })).id;
  };
  const make = {
    ...payments.make,
    gateway: async () => 'sandbox',
    billing_account,
    prepaid_account: async (partnerId: number) => prepaidOf(Number(await thing('customer', partnerId))),
    billing_run: dryRun,
    reviewed_run: async (partnerId: number) => {
      const id = await dryRun();
      await sql(`INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount,
             total_amount, review_until, created_by, created_at, updated_at)
        SELECT partner_id, customer_id, id, 'invoice', 'adjustment', 'engine', currency, 0, 0, 0, now() + interval '9 days', 'billing run ${id}', now(), now()
          FROM billing_accounts WHERE id = ${await billing_account(partnerId)}`);
      return id;
    },
    billing_charge: async (partnerId: number) => {
      const accountId = await billing_account(partnerId);
      const charge = { description: 'Made', quantity: '1', unitAmount: '1' };
      return `${accountId}/${(await use(OneOffCharges).add(EVERYTHING, accountId, charge)).id}`;
    },
    billing_discount: async (partnerId: number) => {
      const accountId = await billing_account(partnerId);
      const { code } = await promotion();
      return `${accountId}/${(await use(RetailPromotions).redeem(EVERYTHING, accountId, code)).id}`;
    },
    billing_promotion: async () => (await promotion()).id,
    account_and_promotion: async (partnerId: number) => {
      redeemable = (await promotion()).code;
      return billing_account(partnerId);
    },
    account_with_service: async (partnerId: number) => {
      assignable = Number(await thing('service', partnerId));
      const { customerId } = await use(ServiceQueries).get(EVERYTHING, assignable);
      return accountOf(customerId);
    },
    parked_account: async (partnerId: number) => {
      const id = await billing_account(partnerId);
      await sql(`INSERT INTO billing_parkings (partner_id, customer_id, account_id, reason, total_amount, at)
                 SELECT partner_id, customer_id, id, 'too_much', 1, now() FROM billing_accounts WHERE id = ${id}`);
      return id;
    },
    invoice: async (partnerId: number) => invoiceOf(Number(await thing('customer', partnerId))),
    message: async (partnerId: number) => messageOf(Number(await thing('customer', partnerId))),
    failed_message: async (partnerId: number) => {
      const id = await messageOf(Number(await thing('customer', partnerId)));
      await sql(`UPDATE messages SET status = 'failed', last_error = 'Made', next_attempt_at = NULL WHERE id = ${id};
        UPDATE work_items SET status = 'succeeded', finished_at = now() WHERE name = 'notifications.send' AND dedupe_key = '${id}'`);
      return id;
    },
    owing_account: async (partnerId: number) => {
      const customerId = Number(await thing('customer', partnerId));
      await invoiceOf(customerId);
      return accountOf(customerId);
    },
    write_off: async (partnerId: number) => {
      const invoiceId = await invoiceOf(Number(await thing('customer', partnerId)));
      const written = { invoiceId, reason: 'uncollectable' } as const;
      return (await use(WriteOffInvoice).execute({ actor: EVERYTHING, ...written })).id;
    },
    draft_invoice: async (partnerId: number) => invoiceOf(Number(await thing('customer', partnerId)), true),
    payment: async (partnerId: number) => paymentOf(Number(await thing('customer', partnerId))),
    taken_back_payment: async (partnerId: number) => {
      const paymentId = await paymentOf(Number(await thing('customer', partnerId)));
      const of = { actor: EVERYTHING, paymentId, amount: '5', reason: 'Made' };
      await use(RefundPayment).execute({ ...of, channel: 'hand' });
      return (await use(ReversePayment).execute(of)).id;
    },
    ...dunningFixtures(use, sql, thing, invoiceOf),
    tax_rate: async () => {
      const [row] = await sql<{ id: number }>(
        `INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('MADE-${next()}', 'vat', 'VAT', 15, '2020-01-01') RETURNING id`,
      );
      return row?.id ?? 0;
    },
  };
  const own = {
    billing_account: accountOf,
    prepaid_account: prepaidOf,
    invoice: invoiceOf,
    payment: paymentOf,
    ...payments.ofCustomer,
  };
  /** A thing of this very customer; undefined: it is not one that customers have. */
  const ofCustomer = (what: string, customerId: number): Promise<number | string> | undefined =>
    Object.hasOwn(own, what) ? own[what as keyof typeof own](customerId) : undefined;
  return { make, ofCustomer };
}
