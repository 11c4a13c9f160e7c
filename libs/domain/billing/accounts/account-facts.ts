import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import type {
  AccountTerms,
  DateRange,
  DatedPolicy,
  Discount,
  EngineFacts,
  OneOffFact,
  PriceFact,
  ServiceFacts,
  TaxRate,
  UsageFact,
} from '../engine/engine.types.js';
import { type WrittenLine, invoicedCharges } from '../engine/invoiced-charges.js';
import type { ServiceDays } from '../prepaid/prepaid-periods.js';
import type { AccountView } from './account.view.js';
import { type Assignment, type PayerRange, windowsOf } from './windows.js';

// The customers whose services an account may have to pay for: its own, and those of the accounts that it pays for.
const SERVICES = statement(
  'billing-facts-services',
  `WITH payees AS (
     SELECT a.id AS account_id, a.partner_id, a.customer_id, a.currency FROM billing_accounts a WHERE a.id = ANY ($1)
      UNION SELECT a.id, y.partner_id, y.customer_id, a.currency FROM billing_accounts a
       JOIN billing_payers y ON y.partner_id = a.partner_id AND y.payer_account_id = a.id WHERE a.id = ANY ($1))
   SELECT m.account_id AS "accountId", s.id AS "serviceId", s.service_type AS "serviceType", s.activated_at AS "activatedAt",
          s.terminated_at AS "terminatedAt", s.activation_amount::text AS "activationAmount", v.contract_months AS "contractMonths",
          v.early_termination_amount::text AS "earlyTerminationAmount",
          (SELECT min(h.id) FROM billing_accounts h WHERE h.partner_id = s.partner_id AND h.customer_id = s.customer_id AND h.currency = s.currency) AS home,
          (SELECT json_agg(json_build_object('at', r.valid_from, 'planId', r.plan_id, 'planVersion', r.plan_version, 'planName', p.name,
                  'monthlyAmount', r.monthly_amount::text, 'taxPercent', w.tax_percent::text, 'dataLimitGb', w.data_limit_gb)
                  ORDER BY r.valid_from, r.id)
             FROM service_terms r JOIN plans p ON p.id = r.plan_id
             JOIN plan_versions w ON w.plan_id = r.plan_id AND w.version = r.plan_version WHERE r.partner_id = s.partner_id AND r.service_id = s.id) AS prices,
          (SELECT json_agg(json_build_object('cause', b.cause, 'from', b.since, 'until', b.ended_at) ORDER BY b.id)
             FROM service_suspensions b WHERE b.partner_id = s.partner_id AND b.service_id = s.id) AS blocks,
          (SELECT json_agg(json_build_object('accountId', g.account_id, 'fromOn', g.from_on))
             FROM billing_account_services g WHERE g.service_id = s.id) AS assignments,
          (SELECT json_agg(json_build_object('from', lower(c.days), 'until', upper(c.days)))
             FROM invoice_coverage c WHERE c.service_id = s.id) AS "byHand",
          CASE WHEN s.plan_id = ANY ($2) OR EXISTS (SELECT FROM service_terms o WHERE o.partner_id = s.partner_id AND o.service_id = s.id AND o.plan_id = ANY ($2)) THEN
            (SELECT json_agg(json_build_object('on', u.day, 'bytes', (u.input_octets + u.output_octets)::text))
               FROM usage_daily u WHERE u.service_id = s.id) END AS usage
     FROM payees m JOIN services s ON s.partner_id = m.partner_id AND s.customer_id = m.customer_id AND s.currency = m.currency
     JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE s.activated_at IS NOT NULL ORDER BY s.id`,
);
const PAYERS = statement(
  'billing-facts-payers',
  `SELECT account_id AS "accountId", payer_account_id AS "payerAccountId", from_on::text AS "from", until_on::text AS "until"
     FROM billing_payers WHERE payer_account_id = ANY ($1) OR account_id = ANY ($1)`,
);
const LINES = statement(
  'billing-facts-lines',
  `SELECT l.account_id AS "accountId", coalesce(l.key, o.key) AS key, l.kind, l.service_id AS "serviceId", l.description,
          l.from_on::text AS "from", l.until_on::text AS "until", l.amount::text AS amount, l.taxes
     FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoice_lines o ON o.id = l.corrects_line_id
    WHERE l.account_id = ANY ($1) AND i.status <> 'void' AND i.id <> ALL ($2) AND coalesce(l.key, o.key) IS NOT NULL ORDER BY l.id`,
);
// Where accounts pay ahead: when they do, and the days of services that they have bought.
const PREPAID = statement(
  'billing-facts-prepaid',
  `SELECT p.account_id AS "accountId", p.from_on::text AS "from", p.until_on::text AS "until",
          (SELECT coalesce(json_agg(json_build_object('serviceId', d.service_id, 'from', d.from_on, 'until', d.until_on)), '[]')
             FROM billing_prepaid_days d WHERE d.account_id = p.account_id AND d.from_on >= p.from_on AND (p.until_on IS NULL OR d.from_on < p.until_on)) AS days
     FROM billing_prepaid_spans p WHERE p.account_id = ANY ($1)`,
);
const POLICIES = statement(
  'billing-facts-policies',
  `SELECT plan_id AS "planId", from_on::text AS "fromOn", start, upgrade, downgrade, pause, suspension, termination,
          early_termination AS "earlyTermination", overage_amount::text AS "overageAmount" FROM plan_billing_policies ORDER BY plan_id, from_on`,
);
const DISCOUNTS = statement(
  'billing-facts-discounts',
  `SELECT account_id AS "accountId", id, service_id AS "serviceId", name, percent::text AS percent, monthly_amount::text AS "monthlyAmount",
          from_on::text AS "from", until_on::text AS "until" FROM billing_discounts WHERE account_id = ANY ($1)`,
);
const ONE_OFFS = statement(
  'billing-facts-one-offs',
  `SELECT c.account_id AS "accountId", c.id, c.charge_on::text AS "on", c.service_id AS "serviceId", c.description, c.quantity::text AS quantity,
          c.unit_amount::text AS "unitAmount", s.service_type AS "serviceType", v.tax_percent::text AS "planPercent"
     FROM billing_charges c LEFT JOIN services s ON s.partner_id = c.partner_id AND s.id = c.service_id
     LEFT JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE c.account_id = ANY ($1) AND c.cancelled_at IS NULL`,
);
const RATES = statement(
  'billing-facts-rates',
  `SELECT region, code, name, service_type AS "serviceType", percent::text AS percent, inclusive, valid_from::text AS "from",
          valid_until::text AS "until" FROM tax_rates WHERE region = ANY ($1)`,
);

type Instants<T, K extends keyof T> = Omit<T, K> & Readonly<Record<K, string | null>>;

interface ServiceRow extends OfAccount {
  readonly serviceId: number;
  readonly serviceType: string;
  readonly activatedAt: Date;
  readonly terminatedAt: Date | null;
  readonly activationAmount: string;
  readonly contractMonths: number;
  readonly earlyTerminationAmount: string;
  readonly home: number;
  readonly prices: readonly Instants<PriceFact, 'at'>[];
  readonly blocks: readonly { readonly cause: string; readonly from: string; readonly until: string | null }[] | null;
  readonly assignments: readonly Assignment[] | null;
  readonly byHand: readonly DateRange[] | null;
  readonly usage: readonly UsageFact[] | null;
}

/** A time in which an account paid ahead, and what it bought. */
interface PrepaidSpan extends DateRange, OfAccount {
  readonly days: readonly ServiceDays[];
}

interface OfAccount {
  readonly accountId: number;
}

/** An account, and the day up to which it is to be computed. */
export interface Wanted {
  readonly account: AccountView;
  readonly targetOn: string;
  /** A draft that is to be computed anew: it counts as not written. */
  readonly exceptInvoiceId?: number | undefined;
}

/** Gathers what the engine has to know of accounts, in one flight of statements for any number of them. */
@Injectable()
export class AccountFacts {
  constructor(private readonly uow: UnitOfWork) {}

  /** Of an account that is locked, where something is to be written. */
  async of(account: AccountView, targetOn: string, exceptInvoiceId?: number): Promise<EngineFacts> {
    return (await this.ofAll([{ account, targetOn, exceptInvoiceId }]))[0] as EngineFacts;
  }

  /** The facts of several accounts, in their order. */
  async ofAll(wanted: readonly Wanted[]): Promise<EngineFacts[]> {
    const tx = this.uow.tx;
    const ids = wanted.map(({ account }) => account.id);
    const except = wanted.flatMap(({ exceptInvoiceId }) => (exceptInvoiceId === undefined ? [] : [exceptInvoiceId]));
    const regions = [...new Set(wanted.flatMap(({ account }) => regionsOf(account.terms)))];
    const policies = await tx.query<DatedPolicy>(POLICIES);
    const metered = [...new Set(policies.flatMap((policy) => (policy.overageAmount === null ? [] : [policy.planId])))];
    const [services, payers, lines, discounts, oneOffs, taxRates, prepaid] = await together<
      [
        ServiceRow[],
        PayerRange[],
        (WrittenLine & OfAccount)[],
        (Discount & OfAccount)[],
        (OneOffFact & OfAccount)[],
        TaxRate[],
        PrepaidSpan[],
      ]
    >([
      tx.query(SERVICES, [ids, metered]),
      tx.query(PAYERS, [ids]),
      tx.query(LINES, [ids, except]),
      tx.query(DISCOUNTS, [ids]),
      tx.query(ONE_OFFS, [ids]),
      tx.query(RATES, [regions]),
      tx.query(PREPAID, [ids]),
    ]);
    const own = {
      services: grouped(services),
      lines: grouped(lines),
      discounts: grouped(discounts),
      oneOffs: grouped(oneOffs),
      prepaid: grouped(prepaid),
    };
    return wanted.map(({ account, targetOn }) => {
      const { id, currency, limitAmount } = account;
      const spans = own.prepaid.of(id);
      return {
        account,
        services: own.services
          .of(id)
          .map((row) => ({ ...serviceFacts(id, row, payers), bought: boughtOf(row.serviceId, spans) })),
        policies,
        discounts: own.discounts.of(id),
        oneOffs: own.oneOffs.of(id),
        taxRates,
        invoiced: invoicedCharges(own.lines.of(id), currency),
        targetOn,
        limitAmount,
      };
    });
  }

  /** The tax rates that hold in the regions of an account. */
  rates(account: AccountView): Promise<TaxRate[]> {
    return this.uow.tx.query<TaxRate>(RATES, [regionsOf(account.terms)]);
  }
}

function grouped<T extends OfAccount>(rows: readonly T[]): { of(accountId: number): readonly T[] } {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.accountId);
    if (group) group.push(row);
    else groups.set(row.accountId, [row]);
  }
  return { of: (accountId) => groups.get(accountId) ?? [] };
}

/** The days that may be charged of a service: those that were bought, and all on which the account paid afterwards. */
function boughtOf(serviceId: number, spans: readonly PrepaidSpan[]): DateRange[] | undefined {
  if (spans.length === 0) return undefined;
  const sorted = [...spans].sort((a, b) => (a.from < b.from ? -1 : 1));
  const before = sorted.map(({ from }, index) => ({ from: sorted[index - 1]?.until ?? '0001-01-01', until: from }));
  const last = sorted.at(-1)?.until ?? null;
  const after = last === null ? [] : [{ from: last, until: null }];
  const days = sorted.flatMap((span) => span.days.filter((one) => one.serviceId === serviceId));
  return [...before.filter(({ from, until }) => from < until), ...days, ...after];
}

const regionsOf = (terms: readonly AccountTerms[]): string[] =>
  terms.flatMap(({ taxRegion }) => (taxRegion === null ? [] : [taxRegion]));

// Field by field: what is spread is copied into an object that is slow to make and to read.
function serviceFacts(accountId: number, row: ServiceRow, payers: readonly PayerRange[]): ServiceFacts {
  const { serviceId, serviceType, activatedAt, terminatedAt, activationAmount } = row;
  return {
    serviceId,
    serviceType,
    activatedAt,
    terminatedAt,
    activationAmount,
    contract: { months: row.contractMonths, earlyTerminationAmount: row.earlyTerminationAmount },
    prices: row.prices.map(priceFact),
    blocks: (row.blocks ?? []).map(({ cause, from, until }) => ({
      cause,
      from: new Date(from),
      until: until === null ? null : new Date(until),
    })),
    windows: windowsOf(accountId, row.home, row.assignments ?? [], payers, row.byHand ?? []),
    usage: row.usage ?? [],
  };
}

function priceFact(row: Instants<PriceFact, 'at'>): PriceFact {
  const { planId, planVersion, planName, monthlyAmount, taxPercent, dataLimitGb } = row;
  return { at: new Date(row.at as string), planId, planVersion, planName, monthlyAmount, taxPercent, dataLimitGb };
}
