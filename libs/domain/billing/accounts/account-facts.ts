import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import type {
  AccountTerms,
  DateRange,
  DatedPolicy,
  Discount,
  EngineFacts,
  PriceFact,
  ServiceFacts,
  TaxRate,
} from '../engine/engine.types.js';
import { type WrittenLine, invoicedCharges } from '../engine/invoiced-charges.js';
import type { AccountView } from './account.view.js';
import { type Assignment, type PayerRange, windowsOf } from './windows.js';

// The customers whose services an account may have to pay for: its own, and those of the accounts that it pays for.
const SERVICES = statement(
  'billing-facts-services',
  `WITH payees AS (SELECT $3::integer AS customer_id UNION SELECT y.customer_id FROM billing_payers y WHERE y.partner_id = $1 AND y.payer_account_id = $2)
   SELECT s.id AS "serviceId", s.service_type AS "serviceType", s.activated_at AS "activatedAt", s.terminated_at AS "terminatedAt",
          s.activation_amount::text AS "activationAmount", v.contract_months AS "contractMonths",
          v.early_termination_amount::text AS "earlyTerminationAmount",
          (SELECT min(h.id) FROM billing_accounts h WHERE h.partner_id = s.partner_id AND h.customer_id = s.customer_id AND h.currency = s.currency) AS home,
          (SELECT json_agg(json_build_object('at', r.valid_from, 'planId', r.plan_id, 'planVersion', r.plan_version, 'planName', p.name,
                  'monthlyAmount', r.monthly_amount::text, 'taxPercent', w.tax_percent::text) ORDER BY r.valid_from, r.id)
             FROM service_terms r JOIN plans p ON p.id = r.plan_id
             JOIN plan_versions w ON w.plan_id = r.plan_id AND w.version = r.plan_version WHERE r.partner_id = s.partner_id AND r.service_id = s.id) AS prices,
          (SELECT coalesce(json_agg(json_build_object('cause', b.cause, 'from', b.since, 'until', b.ended_at) ORDER BY b.id), '[]')
             FROM service_suspensions b WHERE b.partner_id = s.partner_id AND b.service_id = s.id) AS blocks,
          (SELECT coalesce(json_agg(json_build_object('accountId', g.account_id, 'fromOn', g.from_on)), '[]')
             FROM billing_account_services g WHERE g.service_id = s.id) AS assignments,
          (SELECT coalesce(json_agg(json_build_object('from', lower(c.days), 'until', upper(c.days))), '[]')
             FROM invoice_coverage c WHERE c.service_id = s.id) AS "byHand"
     FROM services s JOIN payees USING (customer_id)
     JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE s.partner_id = $1 AND s.currency = $4 AND s.activated_at IS NOT NULL ORDER BY s.id`,
);
const PAYERS = statement(
  'billing-facts-payers',
  `SELECT account_id AS "accountId", payer_account_id AS "payerAccountId", from_on::text AS "from", until_on::text AS "until"
     FROM billing_payers WHERE partner_id = $1 AND (payer_account_id = $2 OR account_id = $2)`,
);
const LINES = statement(
  'billing-facts-lines',
  `SELECT coalesce(l.key, o.key) AS key, l.kind, l.service_id AS "serviceId", l.description, l.from_on::text AS "from",
          l.until_on::text AS "until", l.amount::text AS amount, l.taxes
     FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoice_lines o ON o.id = l.corrects_line_id
    WHERE l.account_id = $1 AND i.status <> 'void' AND coalesce(l.key, o.key) IS NOT NULL ORDER BY l.id`,
);
const POLICIES = statement(
  'billing-facts-policies',
  `SELECT plan_id AS "planId", from_on::text AS "fromOn", start, upgrade, downgrade, pause, suspension, termination,
          early_termination AS "earlyTermination" FROM plan_billing_policies ORDER BY plan_id, from_on`,
);
const DISCOUNTS = statement(
  'billing-facts-discounts',
  `SELECT id, service_id AS "serviceId", name, percent::text AS percent, monthly_amount::text AS "monthlyAmount",
          from_on::text AS "from", until_on::text AS "until" FROM billing_discounts WHERE partner_id = $1 AND account_id = $2`,
);
const RATES = statement(
  'billing-facts-rates',
  `SELECT region, code, name, service_type AS "serviceType", percent::text AS percent, inclusive, valid_from::text AS "from",
          valid_until::text AS "until" FROM tax_rates WHERE region = ANY ($1)`,
);

type Instants<T, K extends keyof T> = Omit<T, K> & Readonly<Record<K, string | null>>;

interface ServiceRow {
  readonly serviceId: number;
  readonly serviceType: string;
  readonly activatedAt: Date;
  readonly terminatedAt: Date | null;
  readonly activationAmount: string;
  readonly contractMonths: number;
  readonly earlyTerminationAmount: string;
  readonly home: number;
  readonly prices: readonly Instants<PriceFact, 'at'>[];
  readonly blocks: readonly { readonly cause: string; readonly from: string; readonly until: string | null }[];
  readonly assignments: readonly Assignment[];
  readonly byHand: readonly DateRange[];
}

/** Gathers what the engine has to know of an account, in one flight of statements. */
@Injectable()
export class AccountFacts {
  constructor(private readonly uow: UnitOfWork) {}

  /** Of an account that is locked, where something is to be written. */
  async of(account: AccountView, targetOn: string): Promise<EngineFacts> {
    const { id, partnerId, customerId, currency, terms } = account;
    const tx = this.uow.tx;
    const [services, payers, lines, policies, discounts, taxRates] = await together<
      [ServiceRow[], PayerRange[], WrittenLine[], DatedPolicy[], Discount[], TaxRate[]]
    >([
      tx.query(SERVICES, [partnerId, id, customerId, currency]),
      tx.query(PAYERS, [partnerId, id]),
      tx.query(LINES, [id]),
      tx.query(POLICIES),
      tx.query(DISCOUNTS, [partnerId, id]),
      tx.query(RATES, [regionsOf(terms)]),
    ]);
    return {
      account,
      services: services.map((row) => serviceFacts(id, row, payers)),
      policies,
      discounts,
      taxRates,
      invoiced: invoicedCharges(lines, currency),
      targetOn,
      limitAmount: account.limitAmount,
    };
  }

  /** The tax rates that hold in the regions of an account. */
  rates(account: AccountView): Promise<TaxRate[]> {
    return this.uow.tx.query<TaxRate>(RATES, [regionsOf(account.terms)]);
  }
}

const regionsOf = (terms: readonly AccountTerms[]): string[] =>
  terms.flatMap(({ taxRegion }) => (taxRegion === null ? [] : [taxRegion]));

function serviceFacts(accountId: number, row: ServiceRow, payers: readonly PayerRange[]): ServiceFacts {
  const { home, assignments, byHand, contractMonths, earlyTerminationAmount, prices, blocks, ...rest } = row;
  return {
    ...rest,
    contract: { months: contractMonths, earlyTerminationAmount },
    prices: prices.map((price) => ({ ...price, at: new Date(price.at as string) })),
    blocks: blocks.map(({ cause, from, until }) => ({
      cause,
      from: new Date(from),
      until: until === null ? null : new Date(until),
    })),
    windows: windowsOf(accountId, home, assignments, payers, byHand),
  };
}
