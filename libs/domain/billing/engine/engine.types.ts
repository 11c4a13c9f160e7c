/**
 * What the engine knows and answers. Dates are `YYYY-MM-DD` in the account's time zone, ranges exclude their end, amounts
 * are exact decimal text in the account's currency.
 */
export interface DateRange {
  readonly from: string;
  /** Not included; null for no end. */
  readonly until: string | null;
}

/** How an account is billed from a day on, until the next such terms. */
export interface AccountTerms {
  readonly fromOn: string;
  /** 1, 3 or 12. */
  readonly cycleMonths: number;
  /** 1 to 28. */
  readonly billingDay: number;
  readonly timing: 'advance' | 'arrears';
  readonly proration: 'day' | 'second';
  /** Whose tax rates apply; null: the percentage of each plan. */
  readonly taxRegion: string | null;
}

/** Taxes that an account need not pay; `code` null for all of them. */
export interface Exemption {
  readonly code: string | null;
  readonly from: string;
  readonly until: string | null;
  readonly certificate: string;
}

export interface EngineAccount {
  readonly currency: string;
  readonly timeZone: string;
  /** Nothing before this day is billed. */
  readonly startsOn: string;
  /** In the order of their days; the first holds from the beginning. */
  readonly terms: readonly AccountTerms[];
  readonly exemptions: readonly Exemption[];
}

/** What a service cost a month from an instant on, without tax unless the tax is inclusive. */
export interface PriceFact {
  readonly at: Date;
  readonly planId: number;
  readonly planVersion: number;
  readonly planName: string;
  readonly monthlyAmount: string;
  readonly taxPercent: string;
  /** What the price includes a month, in 10^9 bytes; null: everything. */
  readonly dataLimitGb: number | null;
}

/** What a service moved on a day of its partner's calendar, both directions. */
export interface UsageFact {
  readonly on: string;
  /** A whole number. */
  readonly bytes: string;
}

/** A time in which a service was blocked. */
export interface BlockFact {
  readonly cause: string;
  readonly from: Date;
  readonly until: Date | null;
}

/** The fee of who leaves before so many months are over. */
export interface ContractFact {
  readonly months: number;
  readonly earlyTerminationAmount: string;
}

export interface ServiceFacts {
  readonly serviceId: number;
  readonly serviceType: string;
  readonly activatedAt: Date | null;
  readonly terminatedAt: Date | null;
  readonly activationAmount: string;
  readonly contract: ContractFact;
  /** At least one, in the order of time; the first holds from the beginning. */
  readonly prices: readonly PriceFact[];
  readonly blocks: readonly BlockFact[];
  /** The days on which this account pays for the service; they do not overlap. Those of `windows` when absent. */
  readonly pays?: readonly DateRange[] | undefined;
  /** Of them those that nobody invoiced by hand. */
  readonly windows: readonly DateRange[];
  /** Of them those that were bought, where the account pays ahead; all of them when absent. */
  readonly bought?: readonly DateRange[] | undefined;
  /** A day at most once; empty where nobody pays for usage. */
  readonly usage: readonly UsageFact[];
}

/** Something that is charged once, or given back where it is negative; what was cancelled is not among the facts. */
export interface OneOffFact {
  readonly id: number;
  readonly on: string;
  readonly serviceId: number | null;
  readonly description: string;
  readonly quantity: string;
  readonly unitAmount: string;
  /** Of its service: whose rates apply, and the percentage of its plan. */
  readonly serviceType: string | null;
  readonly planPercent: string | null;
}

/** What a plan's price means when a service does not live through a whole period. */
export interface PlanPolicy {
  /** A service that begins within a period: its share, the whole period, or nothing until the next. */
  readonly start: 'prorate' | 'full' | 'free';
  /** A dearer price takes effect at once, or when the next period begins. */
  readonly upgrade: 'prorate' | 'next_period';
  /** A cheaper price likewise. */
  readonly downgrade: 'prorate' | 'next_period';
  /** A break that was asked for is free of charge, or paid for. */
  readonly pause: 'credit' | 'charge';
  /** Every other suspension likewise. */
  readonly suspension: 'credit' | 'charge';
  /** A service that ends within a period: its share, or all of the period. */
  readonly termination: 'prorate' | 'full';
  readonly earlyTermination: 'charge' | 'waive';
  /** What 10^9 bytes above the plan's data limit cost, once the period is over; null: nothing. */
  readonly overageAmount: string | null;
}

/** A plan's policy for the periods that begin on a day or later. */
export interface DatedPolicy extends PlanPolicy {
  readonly planId: number;
  readonly fromOn: string;
}

/** Takes a share or a monthly amount off the recurring charges of one service or of all. */
export interface Discount extends DateRange {
  readonly id: number;
  readonly serviceId: number | null;
  readonly name: string;
  /** Exactly one of the two. */
  readonly percent: string | null;
  readonly monthlyAmount: string | null;
}

export interface TaxRate extends DateRange {
  readonly region: string;
  readonly code: string;
  readonly name: string;
  /** Null for every type that has no rate of its own under the same code. */
  readonly serviceType: string | null;
  readonly percent: string;
  readonly inclusive: boolean;
}

/** A tax of one line. `amount` is rounded; negative where the line is. */
export interface LineTax {
  readonly code: string;
  readonly name: string;
  readonly percent: string;
  readonly inclusive: boolean;
  readonly amount: string;
  /** Of a correction: what the tax should be in all, and what was invoiced before; lines of old also say what of that was credited. */
  readonly correction?: { readonly should: string; readonly invoiced: string; readonly credited?: string };
  /** Of a credit: the tax of the line that it takes back, and what was credited of it before. */
  readonly credit?: CreditOfTax;
  /** Of the discount that leaves nothing of a charge: the tax of the charge, and what discounts before took off it. */
  readonly rest?: { readonly of: string; readonly taken_before: string };
  /** Of what was credited by hand before. */
  readonly kept?: KeptTax;
}

/** What a credit is computed from, of a tax. */
export interface CreditOfTax {
  readonly of: string;
  readonly credited_before: string;
  /** What is left of the tax of what the line is for, where that is less than a share would be. */
  readonly left?: string;
}

/** What credit notes took back of charges, what of it stays credited, and what counts against what the charges have lost. */
export interface KeptCredit {
  /** The credit notes in their order: what each took back (negative), and what the charges came to then; with the taxes that prices include. */
  readonly credits: readonly { readonly amount: string; readonly was: string }[];
  /** What the charges should come to now, likewise. */
  readonly should_amount: string;
  /** The taxes that prices include, of what stays credited. */
  readonly included_tax: string;
  /** What was credited in all, without any taxes: not positive where charges are taken back. */
  readonly credited_amount: string;
  /** What of it was counted already. */
  readonly counted_before: string;
}

/** A tax of what stays credited: as it was credited, or the same part of the tax of charges as of those. */
export type StaysOfTax =
  { readonly credited: string } | { readonly tax: string; readonly part: string; readonly of: string };

/** Of a tax: what credit notes took back of it, and what of that stays. */
export interface KeptTax {
  readonly credited_amount: string;
  readonly stays: readonly StaysOfTax[];
  readonly counted_before: string;
}

interface Share {
  readonly monthly_amount: string;
  readonly months: number;
  /** Days or seconds of the period that are paid for, and that it has. */
  readonly used: number;
  readonly of: number;
  readonly unit: 'day' | 'second';
}

/** What an amount was computed from, in the words of the rule that computed it; kept with the line, and enough for its proof. */
export type LineInputs =
  | (Share & { readonly rule: 'share_of_period' })
  | (Share & { readonly rule: 'percent_discount'; readonly percent: string })
  | (Share & { readonly rule: 'amount_discount'; readonly at_most: string })
  | { readonly rule: 'once'; readonly unit_amount: string }
  | {
      readonly rule: 'overage';
      readonly used_bytes: string;
      /** What the plan includes a month, and for which share of how many months. */
      readonly limit_gb: number;
      readonly months: number;
      readonly used: number;
      readonly of: number;
      readonly unit: 'day' | 'second';
      readonly gb_amount: string;
    }
  | {
      readonly rule: 'by_hand';
      readonly unit_amount: string;
      readonly quantity: string;
      readonly proration_factor: string;
    }
  | {
      readonly rule: 'correction';
      /** What the charge comes to now, and how; null when there is no such charge any more. */
      readonly should: LineInputs | null;
      readonly should_amount: string;
      readonly invoiced_amount: string;
      /** Only lines of old have it: they took back what people had not credited. */
      readonly credited_amount?: string;
    }
  | (KeptCredit & { readonly rule: 'credited_before' })
  | {
      readonly rule: 'credit';
      readonly line_amount: string;
      readonly credited_before: string;
      readonly credit: string;
      /** What was left of the charge that the line is for, where that is less than what is left of the line. */
      readonly left_amount?: string;
    };

export type LineKind = 'recurring' | 'fee' | 'usage' | 'discount' | 'tax' | 'adjustment' | 'repair' | 'credit';

/** One line, computed or stored. */
export interface EngineLine extends DateRange {
  /** Names what is charged for, so that it can be found again; null for a line that people wrote. */
  readonly key: string | null;
  readonly kind: LineKind;
  readonly serviceId: number | null;
  readonly description: string;
  readonly inputs: LineInputs;
  /** Rounded, without taxes, those that the price included taken out. */
  readonly amount: string;
  readonly taxes: readonly LineTax[];
  /** Of a correction: the line that it corrects, and the invoice of that. */
  readonly correctsLineId?: string | undefined;
  readonly correctsInvoiceId?: number | undefined;
}

/** What the lines of a key came to. */
export interface InvoicedSum {
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/** What a credit note took back of a charge: negative where it did, with its taxes. */
export interface InvoicedCredit extends InvoicedSum {
  /** Credits of an account are in the order of these. */
  readonly number: number;
  /** What all that stands for the charge came to then, with the taxes that prices include. */
  readonly was: string;
}

/** A charge that was invoiced before, all lines of its key in one sum. */
export interface InvoicedCharge extends DateRange, InvoicedSum {
  readonly key: string;
  /** The first line that charged it, and its document. */
  readonly lineId?: string | undefined;
  readonly invoiceId?: number | undefined;
  readonly serviceId: number | null;
  readonly description: string;
  /** What people took back of it by credit notes. */
  readonly credits: readonly InvoicedCredit[];
  /** Whether some of it is in a draft only. */
  readonly inDraft: boolean;
}

export interface EngineFacts {
  readonly account: EngineAccount;
  readonly services: readonly ServiceFacts[];
  readonly policies: readonly DatedPolicy[];
  readonly discounts: readonly Discount[];
  readonly oneOffs: readonly OneOffFact[];
  readonly taxRates: readonly TaxRate[];
  readonly invoiced: readonly InvoicedCharge[];
  /**
   * Periods that begin by this day (in advance) or end by it (in arrears) are due. What was invoiced before it was due
   * is kept right, too.
   */
  readonly targetOn: string;
  /** The first day of one period that is to be invoiced although it is not due yet, and nothing beside it. */
  readonly onlyPeriod?: string | undefined;
  /** The largest total that is not nonsense; null for the engine's own judgement. */
  readonly limitAmount: string | null;
  /** A total that a person has accepted, however large and long it is. */
  readonly acceptedAmount?: string | null | undefined;
}
