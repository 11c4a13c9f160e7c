/** One issued invoice with what follows from its lines and from how its customer pays. */
export interface InvoiceReportRow {
  readonly number: string;
  readonly customerName: string;
  /** Types of the services on it, in alphabetical order. */
  readonly serviceTypes: readonly string[];
  readonly currency: string;
  /** With tax, as decimal text. */
  readonly totalAmount: string;
  /** `YYYY-MM-DD`. */
  readonly dueOn: string;
  readonly status: 'pending' | 'partially_paid' | 'paid' | 'overdue' | 'uncollectible';
  /**
   * high: something of the account is more than 30 days late, or two of its payments came back; medium: something is
   * late, or one payment came back; else low.
   */
  readonly risk: 'low' | 'medium' | 'high';
}
