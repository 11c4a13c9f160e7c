import { type Transaction, statement, together } from '@isp/platform/database';
import type { BlockFact, DateRange, PriceFact, ServiceFacts, UsageFact } from '../engine/engine.types.js';
import { ORDERED, type OrderedChange, asOrdered } from './ordered-changes.js';
import { type Assignment, type PayerRange, daysWithout, windowsOf } from './windows.js';

// The services of the customers whose services an account may have to pay for: its own, and those of the accounts that it
// pays for.
export const SERVICES = statement(
  'billing-facts-services',
  `WITH payees AS (
     SELECT a.id AS account_id, a.partner_id, a.customer_id, a.currency FROM billing_accounts a WHERE a.id = ANY ($1)
      UNION SELECT a.id, y.partner_id, y.customer_id, a.currency FROM billing_accounts a
       JOIN billing_payers y ON y.partner_id = a.partner_id AND y.payer_account_id = a.id WHERE a.id = ANY ($1))
   SELECT m.account_id AS "accountId", s.partner_id AS "partnerId", s.id AS "serviceId", s.bundle_id AS "bundleId", s.service_type AS "serviceType",
          s.activated_at AS "activatedAt", s.terminated_at AS "terminatedAt", s.activation_amount::text AS "activationAmount",
          v.contract_months AS "contractMonths", v.early_termination_amount::text AS "earlyTerminationAmount", m.home
     FROM (SELECT p.*, (SELECT min(h.id) FROM billing_accounts h
                         WHERE h.partner_id = p.partner_id AND h.customer_id = p.customer_id AND h.currency = p.currency) AS home FROM payees p) m
     JOIN services s ON s.partner_id = m.partner_id AND s.customer_id = m.customer_id AND s.currency = m.currency
     JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE s.activated_at IS NOT NULL ORDER BY s.id`,
);
// What there is of each service, in statements of their own: rows are read once and grouped here, where a subquery for
// each service was half of what all facts took.
const OF_SERVICES = 'unnest($1::integer[], $2::integer[]) AS s (partner_id, id)';
const PRICES = statement(
  'billing-facts-prices',
  `SELECT r.service_id AS "serviceId", r.valid_from AS at, r.plan_id AS "planId", r.plan_version AS "planVersion", p.name AS "planName",
          r.monthly_amount::text AS "monthlyAmount", w.tax_percent::text AS "taxPercent", w.data_limit_gb AS "dataLimitGb"
     FROM ${OF_SERVICES} JOIN service_terms r ON r.partner_id = s.partner_id AND r.service_id = s.id
     JOIN plan_versions w ON w.plan_id = r.plan_id AND w.version = r.plan_version JOIN plans p ON p.id = w.plan_id ORDER BY r.valid_from, r.id`,
);
const BLOCKS = statement(
  'billing-facts-blocks',
  `SELECT b.service_id AS "serviceId", b.cause, b.since AS "from", b.ended_at AS until
     FROM ${OF_SERVICES} JOIN service_suspensions b ON b.partner_id = s.partner_id AND b.service_id = s.id ORDER BY b.id`,
);
const ASSIGNMENTS = statement(
  'billing-facts-assignments',
  `SELECT service_id AS "serviceId", account_id AS "accountId", from_on::text AS "fromOn" FROM billing_account_services WHERE service_id = ANY ($1)`,
);
const BY_HAND = statement(
  'billing-facts-by-hand',
  `SELECT service_id AS "serviceId", lower(days)::text AS "from", upper(days)::text AS until FROM invoice_coverage WHERE service_id = ANY ($1)`,
);
const USAGE = statement(
  'billing-facts-usage',
  `SELECT u.service_id AS "serviceId", u.day::text AS "on", (u.input_octets + u.output_octets)::text AS bytes
     FROM services s JOIN usage_daily u ON u.service_id = s.id WHERE s.id = ANY ($1) AND (s.plan_id = ANY ($2)
       OR EXISTS (SELECT FROM service_terms o WHERE o.partner_id = s.partner_id AND o.service_id = s.id AND o.plan_id = ANY ($2)))`,
);

export interface OfAccount {
  readonly accountId: number;
}
interface OfService {
  readonly serviceId: number;
}

/** A service that an account may have to pay for. */
export interface ServiceRow extends OfAccount, OfService {
  readonly partnerId: number;
  readonly bundleId: number | null;
  readonly serviceType: string;
  readonly activatedAt: Date;
  readonly terminatedAt: Date | null;
  readonly activationAmount: string;
  readonly contractMonths: number;
  readonly earlyTerminationAmount: string;
  /** The account of the service before its first assignment. */
  readonly home: number;
}

interface Groups<T> {
  of(id: number): readonly T[];
}

/** What became of services over time. */
export interface Histories {
  readonly prices: Groups<PriceFact>;
  readonly blocks: Groups<BlockFact>;
  readonly assignments: Groups<Assignment>;
  readonly byHand: Groups<DateRange>;
  readonly usage: Groups<UsageFact>;
  readonly ordered: Groups<OrderedChange>;
}

/** @param metered plans whose usage is charged: that of services which never had one is not read */
export async function historiesOf(
  tx: Transaction,
  services: readonly ServiceRow[],
  metered: readonly number[],
): Promise<Histories> {
  const partnerOf = new Map(services.map(({ serviceId, partnerId }) => [serviceId, partnerId]));
  const ids = [...partnerOf.keys()];
  const owned = [[...partnerOf.values()], ids];
  const bundles = services.flatMap(({ bundleId }) => bundleId ?? []);
  const [prices, blocks, assignments, byHand, usage, ordered] = await together<
    [
      (PriceFact & OfService)[],
      (BlockFact & OfService)[],
      (Assignment & OfService)[],
      (DateRange & OfService)[],
      (UsageFact & OfService)[],
      OrderedChange[],
    ]
  >([
    tx.query(PRICES, owned),
    tx.query(BLOCKS, owned),
    tx.query(ASSIGNMENTS, [ids]),
    tx.query(BY_HAND, [ids]),
    metered.length > 0 ? tx.query(USAGE, [ids, metered]) : Promise.resolve([]),
    tx.query(ORDERED, [[...ids, ...bundles]]),
  ]);
  return {
    prices: byService(prices),
    blocks: byService(blocks),
    assignments: byService(assignments),
    byHand: byService(byHand),
    usage: byService(usage),
    ordered: byService(ordered),
  };
}

/**
 * What is ordered counts as if it were done already: nobody is charged for days behind an end that is to come. Where the
 * account pays ahead it does not, as the rest is given back to the balance when it is.
 * @param bought the days that may be charged of it, where it was paid for ahead
 */
export function serviceFacts(
  row: ServiceRow,
  { prices, blocks, assignments, byHand, usage, ordered }: Histories,
  payers: readonly PayerRange[],
  { bought, paysAhead }: { readonly bought: readonly DateRange[] | undefined; readonly paysAhead: boolean },
): ServiceFacts {
  const { accountId, serviceId, serviceType, activatedAt, activationAmount } = row;
  const course = { terminatedAt: row.terminatedAt, prices: prices.of(serviceId), blocks: blocks.of(serviceId) };
  const pays = windowsOf(accountId, row.home, assignments.of(serviceId), payers);
  const ofBundle = row.bundleId === null ? [] : ordered.of(row.bundleId);
  return {
    serviceId,
    serviceType,
    activatedAt,
    ...(paysAhead ? course : asOrdered(course, ordered.of(serviceId), ofBundle)),
    activationAmount,
    contract: { months: row.contractMonths, earlyTerminationAmount: row.earlyTerminationAmount },
    pays,
    windows: daysWithout(pays, byHand.of(serviceId)),
    usage: usage.of(serviceId),
    bought,
  };
}

const byService = <T extends OfService>(rows: readonly T[]) => grouped(rows, ({ serviceId }) => serviceId);

const NONE: readonly never[] = [];

export function grouped<T>(rows: readonly T[], idOf: (row: T) => number): Groups<T> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(idOf(row));
    if (group) group.push(row);
    else groups.set(idOf(row), [row]);
  }
  return { of: (id) => groups.get(id) ?? NONE };
}
