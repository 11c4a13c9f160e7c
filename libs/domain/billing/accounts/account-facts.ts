import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import type {
  AccountTerms,
  DateRange,
  DatedPolicy,
  Discount,
  EngineFacts,
  OneOffFact,
  TaxRate,
} from '../engine/engine.types.js';
import { type WrittenLine, invoicedCharges } from '../engine/invoiced-charges.js';
import type { ServiceDays } from '../prepaid/prepaid-periods.js';
import type { BilledAccount } from './account.view.js';
import {
  type Histories,
  type OfAccount,
  SERVICES,
  type ServiceRow,
  grouped,
  historiesOf,
  serviceFacts,
} from './service-facts.js';
import type { PayerRange } from './windows.js';

const PAYERS = statement(
  'billing-facts-payers',
  `SELECT account_id AS "accountId", payer_account_id AS "payerAccountId", from_on::text AS "from", until_on::text AS "until"
     FROM billing_payers WHERE payer_account_id = ANY ($1) OR account_id = ANY ($1)`,
);
const LINES = statement(
  'billing-facts-lines',
  `SELECT l.account_id AS "accountId", l.id::text AS "lineId", i.id AS "invoiceId", coalesce(l.key, o.key) AS key, l.kind, l.service_id AS "serviceId", l.description,
          l.from_on::text AS "from", l.until_on::text AS "until", l.amount::text AS amount, l.taxes, i.status = 'draft' AS draft
     FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoice_lines o ON o.id = l.corrects_line_id
    WHERE l.account_id = ANY ($1) AND i.status <> 'void' AND i.id <> ALL ($2) AND coalesce(l.key, o.key) IS NOT NULL ORDER BY i.issued_at, l.id`,
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

/** A time in which an account paid ahead, and what it bought. */
interface PrepaidSpan extends DateRange, OfAccount {
  readonly days: readonly ServiceDays[];
}

/** An account, and the day up to which it is to be computed. */
export interface Wanted {
  readonly account: BilledAccount;
  readonly targetOn: string;
  /** A draft that is to be computed anew: it counts as not written. */
  readonly exceptInvoiceId?: number | undefined;
  /** The first day of the one period that is wanted, where it is not due yet. */
  readonly onlyPeriod?: string | undefined;
}

/** Gathers what the engine has to know of accounts, in one flight of statements for any number of them. */
@Injectable()
export class AccountFacts {
  constructor(private readonly uow: UnitOfWork) {}

  /** Of an account that is locked, where something is to be written. */
  async of(
    account: BilledAccount,
    targetOn: string,
    how: Omit<Wanted, 'account' | 'targetOn'> = {},
  ): Promise<EngineFacts> {
    return (await this.ofAll([{ ...how, account, targetOn }]))[0] as EngineFacts;
  }

  /** The facts of several accounts, in their order. */
  async ofAll(wanted: readonly Wanted[]): Promise<EngineFacts[]> {
    const tx = this.uow.tx;
    const ids = wanted.map(({ account }) => account.id);
    const except = wanted.flatMap(({ exceptInvoiceId }) => (exceptInvoiceId === undefined ? [] : [exceptInvoiceId]));
    const regions = [...new Set(wanted.flatMap(({ account }) => regionsOf(account.terms)))];
    const [policies, services] = await together<[DatedPolicy[], ServiceRow[]]>([
      tx.query(POLICIES),
      tx.query(SERVICES, [ids]),
    ]);
    const metered = [...new Set(policies.flatMap((policy) => (policy.overageAmount === null ? [] : [policy.planId])))];
    const [histories, payers, lines, discounts, oneOffs, taxRates, prepaid] = await together<
      [
        Histories,
        PayerRange[],
        (WrittenLine & OfAccount)[],
        (Discount & OfAccount)[],
        (OneOffFact & OfAccount)[],
        TaxRate[],
        PrepaidSpan[],
      ]
    >([
      historiesOf(tx, services, metered),
      tx.query(PAYERS, [ids]),
      tx.query(LINES, [ids, except]),
      tx.query(DISCOUNTS, [ids]),
      tx.query(ONE_OFFS, [ids]),
      tx.query(RATES, [regions]),
      tx.query(PREPAID, [ids]),
    ]);
    const own = {
      services: byAccount(services),
      lines: byAccount(lines),
      discounts: byAccount(discounts),
      oneOffs: byAccount(oneOffs),
      prepaid: byAccount(prepaid),
    };
    return wanted.map(({ account, targetOn, onlyPeriod }) => {
      const { id, currency, limitAmount, acceptedAmount } = account;
      const spans = own.prepaid.of(id);
      const paysAhead = spans.some(({ until }) => until === null);
      return {
        account,
        services: own.services
          .of(id)
          .map((row) => serviceFacts(row, histories, payers, { bought: boughtOf(row.serviceId, spans), paysAhead })),
        policies,
        discounts: own.discounts.of(id),
        oneOffs: own.oneOffs.of(id),
        taxRates,
        invoiced: invoicedCharges(own.lines.of(id), currency),
        targetOn,
        onlyPeriod,
        limitAmount,
        acceptedAmount,
      };
    });
  }

  /** The tax rates that hold in the regions of an account. */
  rates(account: BilledAccount): Promise<TaxRate[]> {
    return this.uow.tx.query<TaxRate>(RATES, [regionsOf(account.terms)]);
  }
}

const byAccount = <T extends OfAccount>(rows: readonly T[]) => grouped(rows, ({ accountId }) => accountId);

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
