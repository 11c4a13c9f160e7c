/** A plan on sale, as a product. */
export interface ProductReportRow {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  /** Null for what has no bandwidth, such as telephony. */
  readonly downloadMbps: number | null;
  /** Decimal text without tax, in `currency`. */
  readonly monthlyAmount: string;
  readonly currency: string;
  /** Percent, as decimal text. */
  readonly slaUptimePercent: string;
}
