import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import { Disputes, Promises } from '@isp/domain/dunning';
import { addDays, localDate, systemClock } from '@isp/kernel';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
const DAYS_LATE = 3;

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;
type Make = (what: 'customer' | 'service', partnerId: number) => Promise<string | number>;
type InvoiceOf = (customerId: number, draft?: boolean) => Promise<number>;

let serial = 0;
const next = (): number => (serial += 1);
const today = (): string => localDate(systemClock.now(), 'UTC');
/** A day by which somebody may promise to pay. */
export const promiseDay = (): string => addDays(today(), 10);

/** Accounts that are late, and what is known about them. `thing` makes what they are late with. */
export function dunningFixtures(use: Use, sql: Sql, thing: Make, invoiceOf: InvoiceOf) {
  const idOf = async (text: string): Promise<number> => (await sql<{ id: number }>(text))[0]?.id ?? 0;
  /** A policy that nobody goes by. */
  const dunning_policy = (): Promise<number> =>
    idOf(`WITH policy AS (INSERT INTO dunning_policies (name, currency, of_tag, created_at, updated_at)
            VALUES ('Made', 'USD', 'made-${next()}', now(), now()) RETURNING id)
          INSERT INTO dunning_policy_versions (policy_id, version, grace_days, gap_days, working_days, from_minute, until_minute, reconnection_amount,
                 steps, created_at, created_by)
          SELECT id, 1, 0, 1, '{1,2,3,4,5,6,7}', 0, 1440, 0,
                 '[{"days": 30, "action": "reminder", "minAmount": "0", "amount": null, "downloadKbps": null, "uploadKbps": null}]', now(), 'spec'
            FROM policy RETURNING policy_id AS id`);
  /** Of a customer with a service, whose invoice over 10.00 was due three days ago. */
  const dunning_case = async (partnerId: number): Promise<number> => {
    const serviceId = Number(await thing('service', partnerId));
    const customerId = await idOf(`SELECT customer_id AS id FROM services WHERE id = ${serviceId}`);
    const invoiceId = await invoiceOf(customerId, true);
    const dueOn = addDays(today(), -DAYS_LATE);
    await sql(`SELECT set_config('app.unrestricted', 'on', true);
      SELECT FROM issue_documents(ARRAY[${invoiceId}], now(), ARRAY['${dueOn}'::date], ARRAY['${dueOn}'::date]);
      UPDATE invoices SET status = 'overdue' WHERE id = ${invoiceId}`);
    const policyId = await dunning_policy();
    return idOf(`INSERT INTO dunning_cases (partner_id, customer_id, account_id, currency, policy_id, policy_version, overdue_amount, overdue_since, opened_at)
      SELECT partner_id, customer_id, account_id, currency, ${policyId}, 1, total_amount, due_on, now() FROM invoices WHERE id = ${invoiceId} RETURNING id`);
  };
  return {
    dunning_policy,
    dunning_case,
    dunning_holiday: () =>
      idOf(
        `INSERT INTO dunning_holidays (calendar, on_date, name) VALUES ('MADE-${next()}', '2030-01-01', 'Made') RETURNING id`,
      ),
    promise: async (partnerId: number) => {
      const caseId = await dunning_case(partnerId);
      return (await use(Promises).make({ actor: EVERYTHING, caseId, promisedOn: promiseDay() })).id;
    },
    dispute: async (partnerId: number) =>
      (await use(Disputes).open(EVERYTHING, await invoiceOf(Number(await thing('customer', partnerId))), 'Made')).id,
  };
}
