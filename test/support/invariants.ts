import { pendingMigrations } from '@isp/platform/database';
import { query } from './embedded-postgres.js';

/** What is booked of each account. Read once: there is no index of the ledger by account and kind. */
const BOOKED = `(SELECT account_id, sum(amount) FILTER (WHERE ledger_account = 'receivable') AS receivable,
       -sum(amount) FILTER (WHERE ledger_account = 'credit') AS credit, sum(amount) FILTER (WHERE ledger_account = 'cash') AS cash,
       -sum(amount) FILTER (WHERE ledger_account = 'refunding') AS refunding FROM ledger_postings GROUP BY 1)`;

/** What is true of every database at every moment that no work is under way: each statement answers the exceptions. */
export const INVARIANTS = {
  'recurring revenue is what services and their prices make of it': `SELECT * FROM (
      SELECT service_id, plan_id, currency, sum(change_amount) AS kept FROM recurring_revenue_changes GROUP BY 1, 2, 3 HAVING sum(change_amount) <> 0) k
    FULL JOIN (SELECT r.service_id, r.plan_id, r.currency, sum(r.change_amount) AS derived
      FROM recurring_revenue_of((SELECT coalesce(array_agg(id), '{}') FROM services)) r GROUP BY 1, 2, 3 HAVING sum(r.change_amount) <> 0) d
    USING (service_id, plan_id, currency) WHERE kept IS DISTINCT FROM derived`,
  'the queue of escalations is the escalated tickets that are not over': `SELECT * FROM (
      SELECT id, partner_id, customer_id, escalation_level AS level, escalated_at AS since FROM tickets
       WHERE escalation_level > 0 AND status NOT IN ('resolved', 'closed')) t
    FULL JOIN ticket_escalations e ON e.ticket_id = t.id
    WHERE (t.id, t.partner_id, t.customer_id, t.level, t.since) IS DISTINCT FROM (e.ticket_id, e.partner_id, e.customer_id, e.level, e.since)`,
  'an address serves one service': `SELECT vrf_id, address FROM ip_addresses WHERE service_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1`,
  'a service has one address': `SELECT service_id FROM ip_addresses WHERE service_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
  'a subscriber has the address that its service holds': `SELECT u.service_id, u.address, a.address AS held
     FROM subscribers u FULL JOIN (SELECT * FROM ip_addresses WHERE service_id IS NOT NULL) a USING (service_id)
    WHERE host(u.address) IS DISTINCT FROM host(a.address)`,
  'nothing is open for a service that ended': `SELECT u.service_id, u.access FROM subscribers u JOIN services s ON s.id = u.service_id
    WHERE s.status = 'terminated' AND u.access <> 'closed'`,
  'nothing is open for a service that is suspended': `SELECT u.service_id, u.access FROM subscribers u JOIN services s ON s.id = u.service_id
    WHERE s.status = 'suspended' AND u.access = 'open' AND u.address IS NOT NULL`,
  'a service is suspended when there is a cause': `SELECT id, status, suspended_for FROM services
    WHERE status IN ('active', 'suspended') AND (status = 'suspended') <> (suspended_for <> '{}')`,
  'a service in provisioning has a job that is not over': `SELECT s.id FROM services s
    WHERE s.status = 'provisioning' AND s.service_type <> 'bundle'
      AND NOT EXISTS (SELECT FROM provisioning_jobs j WHERE j.service_id = s.id AND j.status IN ('queued', 'running'))`,
  'a job that is over has its end, and no other': `SELECT id, status FROM provisioning_jobs
    WHERE (finished_at IS NULL) <> (status IN ('queued', 'running'))`,
  'a job that succeeded has done every step': `SELECT j.id, s.name, s.status FROM provisioning_jobs j
     JOIN provisioning_steps s ON s.partner_id = j.partner_id AND s.provisioning_job_id = j.id
    WHERE j.status = 'succeeded' AND s.status NOT IN ('done', 'skipped')`,
  'a job that went back has undone what it did to devices': `SELECT j.id, s.name, s.status FROM provisioning_jobs j
     JOIN provisioning_steps s ON s.partner_id = j.partner_id AND s.provisioning_job_id = j.id
    WHERE j.status IN ('cancelled', 'failed') AND j.ends_as IS NOT NULL AND j.held_at IS NULL AND s.name = 'router'
      AND s.status NOT IN ('compensated', 'skipped')`,
  'the network is never confirmed ahead of what is wanted': `SELECT service_id FROM subscribers
    WHERE confirmed_version > desired_version OR (convergence = 'confirmed' AND confirmed_version <> desired_version)`,
  'a VLAN of a device serves one service': `SELECT device_id, vlan_id, port FROM vlans WHERE service_id IS NOT NULL
    GROUP BY 1, 2, 3 HAVING count(DISTINCT service_id) > 1`,
  'usage is never negative': `SELECT service_id, day FROM usage_daily
    WHERE least(input_octets, output_octets, ipv6_input_octets, ipv6_output_octets) < 0`,
  'an outage that lasts is one of its place': `SELECT device_id, node_id FROM outages WHERE status IN ('open', 'recovering')
    GROUP BY 1, 2 HAVING count(*) > 1`,
  'an outage has one ticket': `SELECT target_id FROM ticket_links WHERE type = 'outage' AND ticket_id IN (SELECT ticket_id FROM outages)
    GROUP BY 1 HAVING count(DISTINCT ticket_id) > 1`,
  'customers of an outage that opened were told': `SELECT o.id, s.customer_id FROM outages o JOIN outage_services s ON s.outage_id = o.id
    WHERE o.ticket_id IS NOT NULL AND o.status <> 'merged' AND NOT EXISTS (SELECT FROM service_notices n WHERE n.subject = 'outage'
      AND n.kind = 'opened' AND n.customer_id = s.customer_id
      AND (n.subject_id = o.id OR n.subject_id IN (SELECT m.id FROM outages m WHERE m.merged_into_id = o.id)))`,
  'what was credited of a month is what its documents say': `SELECT l.id, l.credited_amount FROM service_levels l
     LEFT JOIN service_level_credits c ON c.level_id = l.id LEFT JOIN invoices i ON i.id = c.invoice_id GROUP BY l.id
    HAVING coalesce(sum(c.amount) FILTER (WHERE i.status <> 'void'), 0) <> l.credited_amount
       AND coalesce(max(i.voided_at), '-infinity') < l.updated_at`,
  'a credit of a month is what its document says': `SELECT c.id FROM service_level_credits c JOIN invoices i ON i.id = c.invoice_id
    WHERE i.subtotal_amount <> -c.amount AND NOT EXISTS (SELECT FROM invoice_lines l, jsonb_array_elements(l.taxes) t
      WHERE l.invoice_id = i.id AND (t->>'inclusive')::boolean)`,
  'the ledger balances': `SELECT currency, sum(amount) FROM ledger_postings GROUP BY 1 HAVING sum(amount) <> 0`,
  'the ledger says what customers owe and have paid ahead': `SELECT a.id, l.receivable, i.open, l.credit, m.free FROM billing_accounts a
     LEFT JOIN ${BOOKED} l ON l.account_id = a.id
     LEFT JOIN LATERAL (SELECT coalesce(sum(total_amount - settled_amount), 0) AS open FROM invoices
       WHERE account_id = a.id AND document = 'invoice' AND status NOT IN ('draft', 'void')) i ON true
     LEFT JOIN LATERAL (SELECT (SELECT coalesce(sum(amount - allocated_amount - refunded_amount), 0) FROM payments WHERE account_id = a.id AND status = 'received')
       - (SELECT coalesce(sum(excess_amount - covered_amount), 0) FROM payments WHERE account_id = a.id)
       + (SELECT coalesce(-sum(total_amount + settled_amount), 0) FROM invoices WHERE account_id = a.id AND status = 'issued') AS free) m ON true
    WHERE coalesce(l.receivable, 0) <> i.open OR coalesce(l.credit, 0) <> m.free`,
  'a document is booked as it says': `SELECT i.id, i.total_amount, sum(p.amount) FROM invoices i JOIN ledger_postings p ON p.invoice_id = i.id
      AND p.ledger_account IN ('receivable', 'credit') GROUP BY i.id
    HAVING sum(p.amount) <> CASE WHEN i.status = 'void' THEN 0 ELSE i.total_amount - i.written_off_amount END`,
  'what was written off is what its rows, the ledger and the invoice say': `SELECT i.id FROM invoices i
     LEFT JOIN (SELECT invoice_id, sum(amount - reversed_amount) AS stands, sum(reclaimed_tax_amount - reversed_tax_amount) AS tax
       FROM write_offs GROUP BY 1) w ON w.invoice_id = i.id
     LEFT JOIN (SELECT invoice_id, sum(amount) AS settled FROM allocations WHERE write_off_id IS NOT NULL GROUP BY 1) l ON l.invoice_id = i.id
     LEFT JOIN (SELECT invoice_id, sum(amount) FILTER (WHERE ledger_account IN ('bad_debt', 'tax')) AS lost, sum(amount) FILTER (WHERE ledger_account = 'tax') AS tax
       FROM ledger_postings WHERE event IN ('invoice.written_off', 'invoice.write_off_reversed') GROUP BY 1) p ON p.invoice_id = i.id
    WHERE (coalesce(w.stands, 0), coalesce(w.stands, 0), coalesce(w.stands, 0), coalesce(w.tax, 0))
      IS DISTINCT FROM (i.written_off_amount, coalesce(l.settled, 0), coalesce(p.lost, 0), coalesce(p.tax, 0))`,
  'what was taken back of a write-off is what its rows say': `SELECT w.id FROM write_offs w LEFT JOIN write_off_reversals r ON r.write_off_id = w.id
    GROUP BY w.id HAVING coalesce(sum(r.amount), 0) <> w.reversed_amount OR coalesce(sum(r.tax_amount), 0) <> w.reversed_tax_amount`,
  'what is claimed back of a tax is not more than the tax': `SELECT i.id FROM invoices i JOIN write_offs w ON w.invoice_id = i.id GROUP BY i.id
    HAVING sum(w.reclaimed_tax_amount - w.reversed_tax_amount) > greatest(i.tax_amount, 0)`,
  'an invoice is paid by what payments say': `SELECT i.id FROM invoices i LEFT JOIN allocations a ON a.invoice_id = i.id AND a.payment_id IS NOT NULL
    WHERE i.document = 'invoice' GROUP BY i.id HAVING coalesce(sum(a.amount), 0) <> i.paid_amount`,
  'lines and taxes come to the total': `SELECT i.id FROM invoices i LEFT JOIN invoice_lines l ON l.invoice_id = i.id GROUP BY i.id
    HAVING coalesce(sum(l.amount), 0) <> i.subtotal_amount OR coalesce(sum(l.tax_amount), 0) <> i.tax_amount`,
  'allocations are what invoices, payments and credit notes say': `SELECT 'invoice' AS what, i.id FROM invoices i
      LEFT JOIN allocations a ON a.invoice_id = i.id WHERE i.document = 'invoice' GROUP BY i.id HAVING coalesce(sum(a.amount), 0) <> i.settled_amount
     UNION ALL SELECT 'credit note', i.id FROM invoices i LEFT JOIN allocations a ON a.credit_note_id = i.id
      WHERE i.document = 'credit_note' GROUP BY i.id HAVING coalesce(sum(a.amount), 0) <> i.settled_amount
     UNION ALL SELECT 'payment', p.id FROM payments p LEFT JOIN allocations a ON a.payment_id = p.id GROUP BY p.id
      HAVING coalesce(sum(a.amount), 0) <> p.allocated_amount`,
  'what a bank took beyond a payment is paid by what allocations say': `SELECT p.id FROM payments p LEFT JOIN allocations a ON a.excess_of_id = p.id
    GROUP BY p.id HAVING coalesce(sum(a.amount), 0) <> p.covered_amount`,
  'what was given up of what a bank took is what its rows, the ledger and the payment say': `SELECT p.id FROM payments p
     LEFT JOIN (SELECT excess_of_id, sum(amount - reversed_amount) AS stands FROM write_offs GROUP BY 1) w ON w.excess_of_id = p.id
     LEFT JOIN (SELECT excess_of_id, sum(amount) AS settled FROM allocations WHERE write_off_id IS NOT NULL GROUP BY 1) a ON a.excess_of_id = p.id
     LEFT JOIN (SELECT payment_id, sum(amount) AS lost FROM ledger_postings WHERE ledger_account = 'bad_debt' GROUP BY 1) l ON l.payment_id = p.id
    WHERE (coalesce(w.stands, 0), coalesce(w.stands, 0), coalesce(w.stands, 0))
      IS DISTINCT FROM (p.excess_written_off_amount, coalesce(a.settled, 0), coalesce(l.lost, 0))`,
  'cash is what came, less what went back': `SELECT a.id FROM billing_accounts a LEFT JOIN ${BOOKED} l ON l.account_id = a.id WHERE coalesce(l.cash, 0)
     <> (SELECT coalesce(sum(CASE status WHEN 'received' THEN amount ELSE refunded_amount - excess_amount END), 0) FROM payments WHERE account_id = a.id)
      - (SELECT coalesce(sum(amount), 0) FROM refunds WHERE account_id = a.id AND (status = 'succeeded' OR returned_as_id IS NOT NULL))`,
  'credit notes never exceed their invoice': `SELECT i.id FROM invoices i JOIN invoices c ON c.corrects_id = i.id AND c.status = 'issued'
    GROUP BY i.id HAVING -sum(c.total_amount) <> i.credited_amount OR -sum(c.total_amount) > i.total_amount`,
  'a service is billed to somebody': `SELECT s.id, s.currency FROM services s WHERE NOT EXISTS (SELECT FROM billing_accounts a
     WHERE a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency)`,
  'an account pays ahead in the time in which it is prepaid': `SELECT a.id, a.kind FROM billing_accounts a
    WHERE (a.kind = 'prepaid') <> EXISTS (SELECT FROM billing_prepaid_spans p WHERE p.account_id = a.id AND p.until_on IS NULL)`,
  'nobody who has paid ahead is blocked for the balance': `SELECT s.id, x.since, d.until_on FROM services s
     JOIN service_suspensions x ON x.service_id = s.id AND x.cause = 'balance' AND x.ended_at IS NULL
     JOIN billing_prepaid_days d ON d.service_id = s.id JOIN billing_accounts a ON a.id = d.account_id AND a.kind = 'prepaid'
    WHERE d.until_on > (x.since AT TIME ZONE a.time_zone)::date + 1`,
  'who pays ahead owes nothing but what a payment left that did not stay, or a write-off that was taken back': `SELECT i.id, i.account_id FROM invoices i
     JOIN billing_accounts a ON a.id = i.account_id AND a.kind = 'prepaid'
    WHERE i.status IN ('pending', 'partially_paid', 'overdue') AND NOT EXISTS (SELECT FROM payments p WHERE p.account_id = a.id AND p.status = 'reversed')
       AND NOT EXISTS (SELECT FROM write_offs w WHERE w.invoice_id = i.id AND w.reversed_amount > 0)`,
  // No foreign keys see to that (ADR 47).
  'what documents, their lines and the ledger refer to is there': `SELECT 'invoices', i.id FROM invoices i
      LEFT JOIN billing_accounts a ON (a.partner_id, a.customer_id, a.id) = (i.partner_id, i.customer_id, i.account_id) WHERE a.id IS NULL
    UNION ALL SELECT 'ledger', t.id FROM ledger_transfers t
      LEFT JOIN billing_accounts a ON (a.partner_id, a.customer_id, a.id) = (t.partner_id, t.customer_id, t.account_id) WHERE a.id IS NULL
    UNION ALL SELECT 'lines', l.id FROM invoice_lines l
      LEFT JOIN invoices i ON (i.partner_id, i.customer_id, i.account_id, i.id) = (l.partner_id, l.customer_id, l.account_id, l.invoice_id)
      LEFT JOIN services s ON (s.partner_id, s.id) = (l.partner_id, l.service_id) WHERE i.id IS NULL OR (s.id IS NULL AND l.service_id IS NOT NULL)`,
  // What a voided document charged is given back until the next invoice evens it out.
  'nobody was given back more than was charged': `SELECT account_id, charged, sum(amount) FROM (
      SELECT l.account_id, coalesce(substring(k.key || ':' from '([ru]:\\d+:\\d{4}-\\d\\d-\\d\\d):'), k.key) AS charged, l.amount, i.status
        FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoice_lines o ON o.id = l.corrects_line_id
        CROSS JOIN LATERAL (SELECT regexp_replace(coalesce(l.key, o.key), '^a:', '') AS key) k WHERE k.key ~ '^[ruf]:|^d:' AND i.status <> 'draft') lines
    GROUP BY 1, 2 HAVING sum(amount) FILTER (WHERE status <> 'void') < 0 AND bool_and(status <> 'void')`,
  'a period is billed by one recurring invoice': `SELECT account_id, period_from FROM invoices WHERE document = 'invoice' AND kind = 'recurring'
     AND origin = 'engine' AND status <> 'void' GROUP BY 1, 2 HAVING count(*) > 1`,
  'no account that was billed is behind what it was billed for': `SELECT a.id, a.next_run_on, max(i.period_from) FROM billing_accounts a
     JOIN invoices i ON i.account_id = a.id AND i.created_by LIKE 'billing run %' GROUP BY a.id, a.next_run_on HAVING a.next_run_on <= max(i.period_from)`,
  'numbers have no gap': `SELECT s.series, s.year, s.last_number, count(i.id) FROM document_series s
     LEFT JOIN invoices i ON i.series = s.series AND i.year = s.year GROUP BY s.series, s.year, s.last_number
    HAVING count(i.id) <> s.last_number OR max(i.sequence) <> s.last_number`,
  'a service is held back for payment while there is a case for it': `SELECT h.id, h.service_id, h.kind FROM dunning_holds h
     JOIN dunning_cases c ON c.id = h.case_id WHERE h.ended_at IS NULL AND c.closed_at IS NOT NULL`,
  'a step is taken once for what it is for': `SELECT case_id, key FROM dunning_actions WHERE outcome = 'done' GROUP BY 1, 2 HAVING count(*) > 1`,
  'nobody is cut off who owes nothing': `SELECT id FROM dunning_actions WHERE outcome = 'done' AND action IN ('throttle', 'suspend', 'terminate')
    AND overdue_amount <= 0`,
  'a rate is held back for payment while there is a case for it': `SELECT e.service_id FROM throttling_events e
     JOIN dunning_holds h ON h.service_id = e.service_id AND h.kind = 'throttle' JOIN dunning_cases c ON c.id = h.case_id
    WHERE e.cause = 'payment' AND e.restored_at IS NULL GROUP BY e.service_id HAVING bool_and(c.closed_at IS NOT NULL)`,
  'refunds are what payments say, and never more than came': `SELECT p.id FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND (r.status <> 'failed' OR r.returned_as_id IS NOT NULL)
    GROUP BY p.id HAVING coalesce(sum(r.amount), 0) <> p.refunded_amount OR p.allocated_amount + p.refunded_amount > p.amount`,
  'a refund that came back as a payment is one of its amount': `SELECT r.id FROM refunds r JOIN payments p ON p.id = r.returned_as_id
    WHERE (p.amount, p.account_id, p.currency) IS DISTINCT FROM (r.amount, r.account_id, r.currency)`,
  'the ledger holds what refunds under way will take': `SELECT a.id FROM billing_accounts a LEFT JOIN ${BOOKED} l ON l.account_id = a.id
    WHERE coalesce(l.refunding, 0)
     <> (SELECT coalesce(sum(amount), 0) FROM refunds WHERE account_id = a.id AND status IN ('processing', 'unknown'))`,
  'a charge that succeeded is one payment of its amount': `SELECT c.id FROM charges c LEFT JOIN payments p ON p.id = c.payment_id
    WHERE c.status = 'succeeded' AND (p.amount IS DISTINCT FROM c.amount OR p.account_id <> c.account_id)`,
  'the gateway of the sandbox took what is booked, once': `SELECT s.key, s.amount FROM sandbox_gateway.charges s LEFT JOIN charges c ON c.key = s.key
    WHERE c.id IS NULL OR (c.status = 'succeeded' AND (s.later_state <> 'succeeded' OR c.amount <> s.amount))`,
  'the gateway of the sandbox gave back what is booked, once': `SELECT r.id FROM refunds r LEFT JOIN sandbox_gateway.refunds s ON s.key = r.key
     JOIN charges c ON c.payment_id = r.payment_id AND c.gateway = 'sandbox'
    WHERE r.channel = 'gateway' AND r.status = 'succeeded' AND (s.state IS DISTINCT FROM 'succeeded' OR s.amount <> r.amount)`,
  'an entry of the bank is one payment of its amount': `SELECT e.id FROM bank_entries e JOIN payments p ON p.id = e.payment_id
    WHERE p.amount <> e.amount OR p.currency <> e.currency`,
  'an entry with which a bank took a payment back is one of what it took, and the payment is reversed': `SELECT e.id FROM bank_entries e
     JOIN payments p ON p.id = e.returned_payment_id
    WHERE p.status <> 'reversed' OR p.currency <> e.currency OR e.returned_amount NOT BETWEEN p.amount - p.refunded_amount AND p.amount`,
  'a message that is queued has work that is not over': `SELECT m.id FROM messages m WHERE m.status = 'queued' AND NOT EXISTS (
      SELECT FROM work_items w WHERE w.name = 'notifications.send' AND w.dedupe_key = m.id::text AND w.status IN ('queued', 'running'))`,
  'a document is sent by itself once': `SELECT subject_type, subject_id FROM messages WHERE once_key IS NOT NULL AND kind <> 'reminder' GROUP BY 1, 2 HAVING count(*) > 1`,
  'a ticket that is over has no clock that runs': `SELECT t.id, t.status, c.target FROM tickets t JOIN ticket_clocks c ON c.ticket_id = t.id
    WHERE t.status IN ('resolved', 'closed') AND c.ended_at IS NULL`,
  'a breach is a fact once': `SELECT c.ticket_id, c.target FROM ticket_clocks c LEFT JOIN ticket_clock_facts f
       ON f.ticket_id = c.ticket_id AND f.target = c.target AND f.outcome = 'breached'
    GROUP BY c.ticket_id, c.target, c.breached_at HAVING count(f.id) <> (c.breached_at IS NOT NULL)::integer`,
  'a ticket has two clocks': `SELECT t.id, count(c.target) FROM tickets t LEFT JOIN ticket_clocks c ON c.ticket_id = t.id
    GROUP BY t.id HAVING count(c.target) <> 2`,
  'a bundle is active only with its parts': `SELECT b.id FROM services b JOIN services p ON p.bundle_id = b.id
    WHERE b.status = 'active' AND p.status IN ('pending_activation', 'provisioning', 'failed')`,
  'a voice account is open for a service that lives': `SELECT v.service_id, s.status FROM voice_accounts v JOIN services s ON s.id = v.service_id
    WHERE v.status = 'open' AND s.status NOT IN ('active', 'suspended', 'provisioning', 'failed')`,
  'a premise is held for a service that lives, and for nobody else': `SELECT x.premise_id, s.status FROM premise_occupations x
     JOIN services s ON s.id = x.service_id WHERE s.status = 'terminated'`,
  'a service that was ordered on a premise holds it until it ends': `SELECT o.id, s.status FROM orders o JOIN services s ON s.id = o.service_id
     LEFT JOIN premise_occupations x ON x.service_id = o.service_id
    WHERE (x.service_id IS NULL) <> (s.status = 'terminated') OR (o.ended_at IS NULL) = (s.status = 'terminated')`,
  'an order that waits has somebody who goes there': `SELECT o.id FROM orders o JOIN services s ON s.id = o.service_id
    WHERE s.status = 'pending_activation' AND NOT EXISTS (SELECT FROM work_orders w
      WHERE w.service_id = s.id AND w.type = 'installation' AND w.status NOT IN ('completed', 'cancelled'))`,
  'nobody is sent to a service that is over': `SELECT w.id, w.status FROM work_orders w JOIN services s ON s.id = w.service_id
    WHERE s.status = 'terminated' AND w.type <> 'removal' AND w.status NOT IN ('completed', 'cancelled')`,
  'an ONT ends the line of a service that lives': `SELECT d.id, o.id AS order_id FROM devices d JOIN orders o ON o.service_id = d.service_id
    WHERE o.ended_at IS NOT NULL AND d.status = 'active'`,
} as const;
export type Invariant = keyof typeof INVARIANTS;

const ALL = Object.entries(INVARIANTS)
  .map(([name, sql]) => `SELECT '${name}' AS name, (SELECT jsonb_agg(x) FROM (${sql} LIMIT 20) x) AS rows`)
  .join(' UNION ALL ');

/**
 * The exceptions by invariant, in one round trip; nothing when all is as it must be. As superuser, past all walls: what a
 * wall hides would count as well.
 */
export async function violations(superUrl: string): Promise<Record<string, readonly object[]>> {
  return violationsIn((sql) => query<Found>(superUrl, sql));
}

interface Found {
  readonly name: string;
  readonly rows: readonly object[] | null;
}

/** Those that whoever is asked sees, within a transaction of theirs. */
export async function violationsIn(ask: (sql: string) => Promise<Found[]>): Promise<Record<string, readonly object[]>> {
  const found = await ask(ALL);
  return Object.fromEntries(found.flatMap(({ name, rows }) => (rows ? [[name, rows] as const] : [])));
}

/**
 * `exempt` are those that a spec breaks by its own hand, by why it does.
 * @throws Error that names what was broken in a database of ours; one without all of our schema is nobody's business
 */
export async function refuseViolations(superUrl: string, exempt: ReadonlyMap<Invariant, string> = new Map()) {
  const found = (await isWhole(superUrl)) ? await violations(superUrl) : {};
  const unexpected = Object.entries(found).filter(([name]) => !exempt.has(name as Invariant));
  const broken = unexpected.map(([name, rows]) => `${name}: ${JSON.stringify(rows.slice(0, 5))}`);
  if (broken.length > 0) throw new Error(`invariants are broken\n${broken.join('\n')}`);
}

async function isWhole(superUrl: string): Promise<boolean> {
  const [kept] = await query<{ there: boolean }>(
    superUrl,
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS there`,
  );
  if (!kept?.there) return false;
  const pending = await pendingMigrations({ query: async (sql) => ({ rows: await query(superUrl, sql) }) });
  return pending === 0;
}
