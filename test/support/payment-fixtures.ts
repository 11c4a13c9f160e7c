import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import {
  BankStatements,
  ImportStatement,
  MatchEntry,
  PaymentMethods,
  RecordPayment,
  RefundPayment,
  RequestCharge,
} from '@isp/domain/billing';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
let serial = 0;
const next = (): number => (serial += 1);

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;

/** The customer whose account the newest bank entry may be matched to. */
let payer = 0;
export const lastPayer = (): number => payer;

/** The payment that the newest entry which went out may return. */
let returnable = 0;
export const lastReturnable = (): number => returnable;

/** A token of the sandbox's gateway that nobody has used yet. */
export const freshToken = (what = 'visa'): string => `tok_${what}.made-${next()}`;

/** How customers pay, and what came of it. */
export function paymentFixtures(
  use: Use,
  sql: Sql,
  customerOf: (partnerId: number) => Promise<number>,
  accountOf: (customerId: number) => Promise<number>,
) {
  const methodOf = async (customerId: number, what = 'visa'): Promise<number> => {
    const token = { gateway: 'sandbox', token: freshToken(what) } as const;
    return (await use(PaymentMethods).add({ actor: EVERYTHING, customerId, ...token })).id;
  };
  const chargeOf = async (customerId: number): Promise<number> => {
    await methodOf(customerId);
    const accountId = await accountOf(customerId);
    const charge = { accountId, purpose: 'top_up', amount: '5' } as const;
    return (await use(RequestCharge).execute({ actor: EVERYTHING, ...charge })).id;
  };
  const refundOf = async (customerId: number): Promise<number> => {
    const accountId = await accountOf(customerId);
    const paid = await use(RecordPayment).execute({ actor: EVERYTHING, accountId, amount: '5', method: 'cash' });
    const refund = { paymentId: paid.id, amount: '2', reason: 'Made' };
    return (await use(RefundPayment).execute({ actor: EVERYTHING, ...refund })).id;
  };
  /** A charge whose holder is asked to take a step: as the worker leaves it. */
  const actionOf = async (customerId: number): Promise<string> => {
    const id = await chargeOf(customerId);
    const [row] = await sql<{ reference: string }>(
      `INSERT INTO sandbox_gateway.charges (key, reference, token, amount, currency, state, later_state)
       SELECT key, 'sbx_' || replace(key::text, '-', ''), 'tok_3ds', amount, currency, 'requires_action', 'requires_action' FROM charges WHERE id = ${id};
       UPDATE charges SET status = 'requires_action', gateway_reference = 'sbx_' || replace(key::text, '-', '') WHERE id = ${id}
       RETURNING gateway_reference AS reference`,
    );
    return row?.reference ?? '';
  };
  const bank_statement = async (partnerId: number, amount = '5.00', currency = 'USD'): Promise<number> => {
    const actor: Actor = { ...EVERYTHING, partnerId };
    const columns = { date: 'date', amount: 'amount', remittance: 'text' };
    const how = {
      bankAccount: 'MADE',
      currency,
      delimiter: ',',
      decimalMark: '.',
      dateFormat: 'YYYY-MM-DD',
    } as const;
    const content = Buffer.from(`date,amount,text\n2025-02-01,${amount},made ${next()}\n`);
    const file = { fileName: 'made.csv', content, mapping: { ...how, columns } };
    return (await use(ImportStatement).execute({ actor, ...file })).id;
  };
  const entryOf = async (partnerId: number, amount?: string) => {
    const from = (payer = await customerOf(partnerId));
    const page = { limit: 1, offset: 0 };
    const accountId = await accountOf(from);
    const [account] = await sql<{ currency: string }>(`SELECT currency FROM billing_accounts WHERE id = ${accountId}`);
    const statementId = await bank_statement(partnerId, amount, account?.currency);
    const { rows } = await use(BankStatements).entries(EVERYTHING, { statementId }, page);
    return { id: rows[0]?.id ?? 0, accountId };
  };
  const make = {
    payment_method: async (partnerId: number) => methodOf(await customerOf(partnerId)),
    charge: async (partnerId: number) => chargeOf(await customerOf(partnerId)),
    refund: async (partnerId: number) => refundOf(await customerOf(partnerId)),
    gateway_action: async (partnerId: number) => actionOf(await customerOf(partnerId)),
    decline_code: async () => 'generic_decline',
    bank_statement: (partnerId: number) => bank_statement(partnerId),
    bank_entry: async (partnerId: number) => (await entryOf(partnerId)).id,
    returning_bank_entry: async (partnerId: number) => {
      const { id, accountId } = await entryOf(partnerId, '-5.00');
      const paid = { accountId, amount: '5', method: 'cash' } as const;
      returnable = (await use(RecordPayment).execute({ actor: EVERYTHING, ...paid })).id;
      return id;
    },
    matched_bank_entry: async (partnerId: number) => {
      const { id, accountId } = await entryOf(partnerId);
      await use(MatchEntry).match(EVERYTHING, id, { accountId });
      return id;
    },
  };
  return {
    make,
    ofCustomer: { payment_method: methodOf, charge: chargeOf, refund: refundOf, gateway_action: actionOf },
  };
}
