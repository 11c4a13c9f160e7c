import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addDays, localDate, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { refuseFar, refuseLongAgo } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import { exactAmount, totalOf, withTaxes } from '../engine/arithmetic.js';
import type { LineInputs, TaxRate } from '../engine/engine.types.js';
import { regionOn, taxesFor } from '../engine/tax-rules.js';
import type { AskedPeriod } from './generate-invoice.usecase.js';
import { InvoiceRepository, type NewLine } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';
import { Issuer } from './issuer.js';
import { refuseUncovered } from '../accounts/balance.js';

const SERVICES = statement(
  'invoices-services-of',
  `SELECT s.id, s.service_type AS "serviceType", v.tax_percent::text AS "taxPercent"
     FROM services s JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE s.id = ANY ($1) AND s.partner_id = $2 AND s.currency = $4 AND (s.customer_id = $3
       OR s.customer_id IN (SELECT y.customer_id FROM billing_payers y WHERE y.payer_account_id = $5))`,
);

export interface WrittenLineInput {
  readonly serviceId?: number | undefined;
  readonly description: string;
  /** Decimals: the price of one, how many, and which share of the period. */
  readonly amount: string;
  readonly quantity: string;
  readonly prorationFactor: string;
}

export interface WriteInvoiceInput {
  readonly actor: Actor;
  readonly accountId: number;
  readonly kind: 'recurring' | 'one_off';
  readonly period?: AskedPeriod | undefined;
  readonly lines: readonly WrittenLineInput[];
  readonly dueOn?: string | undefined;
  readonly draft?: boolean | undefined;
  readonly notes?: string | undefined;
}

interface ServiceRow {
  readonly id: number;
  readonly serviceType: string;
  readonly taxPercent: string;
}

/**
 * An invoice over lines that a person wrote. Days of a service that a recurring one covers count as invoiced: the engine
 * leaves them alone, and they cannot be invoiced again.
 * @throws `billing.account.not_found`, `billing.service.unknown`, `billing.period.backwards`, `billing.period.missing`,
 *   `billing.period.already_invoiced`, `billing.invoice.too_large`, `billing.account.prepaid`, `billing.balance.too_low`, `billing.day.far`
 */
@Injectable()
export class WriteInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: AccountFacts,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: WriteInvoiceInput): Promise<InvoiceView> {
    return this.uow.run(input.actor, async () => {
      const account = await this.accounts.lock(input.accountId);
      if (account.kind === 'prepaid' && (input.kind === 'recurring' || input.draft))
        throw billingErrors('billing.account.prepaid');
      const today = localDate(this.clock.now(), account.timeZone);
      const period = periodOf(input);
      refuseFarDays(input, today);
      const services = await this.servicesOf(account, input.lines);
      const covered = input.kind === 'recurring' ? [...services.keys()] : [];
      if (period && covered.length > 0 && (await this.invoices.hasDays(account.id, covered, period.from, period.until)))
        throw billingErrors('billing.period.already_invoiced');
      const rates = await this.facts.rates(account);
      const on = period?.from ?? today;
      const lines = input.lines.map((line) => this.line(line, account, services, rates, on, period));
      const { total } = totalOf(lines, account.currency);
      if (!readAmount(total.toText(), { currency: account.currency }).ok)
        throw billingErrors('billing.invoice.too_large');
      const draft = await this.invoices.insert({
        ...input,
        account,
        document: 'invoice',
        origin: 'person',
        period,
        createdBy: input.actor.name,
        createdAt: this.clock.now(),
        lines,
      });
      if (account.kind === 'prepaid') refuseUncovered(account, total);
      if (covered.length > 0) await this.invoices.cover(draft.id, covered);
      return input.draft ? draft : this.issuer.issue(input.actor, account, draft);
    });
  }

  private async servicesOf(account: AccountView, lines: readonly WrittenLineInput[]): Promise<Map<number, ServiceRow>> {
    const ids = [...new Set(lines.flatMap(({ serviceId }) => (serviceId === undefined ? [] : [serviceId])))];
    if (ids.length === 0) return new Map();
    const { partnerId, customerId, currency, id } = account;
    const rows = await this.uow.tx.query<ServiceRow>(SERVICES, [ids, partnerId, customerId, currency, id]);
    if (rows.length < ids.length) throw billingErrors('billing.service.unknown');
    return new Map(rows.map((row) => [row.id, row]));
  }

  private line(
    { serviceId, description, amount, quantity, prorationFactor }: WrittenLineInput,
    account: AccountView,
    services: ReadonlyMap<number, ServiceRow>,
    rates: readonly TaxRate[],
    on: string,
    period: { readonly from: string; readonly until: string } | undefined,
  ): NewLine {
    const service = serviceId === undefined ? undefined : services.get(serviceId);
    const inputs: LineInputs = { rule: 'by_hand', unit_amount: amount, quantity, proration_factor: prorationFactor };
    const region = regionOn(account.terms, on);
    const thing = { on, serviceType: service?.serviceType ?? null, planPercent: service?.taxPercent ?? null };
    const taxes = taxesFor(thing, region, rates, account.exemptions);
    const taxed = withTaxes(exactAmount(inputs, account.currency), taxes);
    const kind = period && service ? 'recurring' : 'fee';
    const days = { from: period?.from ?? null, until: period?.until ?? null };
    return { key: null, kind, serviceId: serviceId ?? null, description, ...days, inputs, ...taxed };
  }
}

function refuseFarDays({ dueOn, period }: WriteInvoiceInput, today: string): void {
  if (dueOn !== undefined) refuseLongAgo('due_date', dueOn, today);
  if (period) refuseFar('billing_period', period.startDate, today);
  if (period) refuseFar('billing_period', period.endDate, today);
}

function periodOf({ kind, period }: WriteInvoiceInput): { readonly from: string; readonly until: string } | undefined {
  if (period === undefined) {
    if (kind === 'recurring') throw billingErrors('billing.period.missing');
    return undefined;
  }
  if (period.endDate < period.startDate) throw billingErrors('billing.period.backwards');
  return { from: period.startDate, until: addDays(period.endDate, 1) };
}
