import type { CustomerKind, CustomerStatus, PostalAddress } from '@isp/domain/customers';

/** One customer with what follows from its services. Dates are `YYYY-MM-DD` in the time zone of its partner. */
export interface CustomerReportRow {
  readonly displayId: string;
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly kind: CustomerKind;
  readonly status: CustomerStatus;
  readonly email: string;
  readonly phone: string;
  readonly supportTier: string;
  /** Name of the plan of the newest service that is not terminated. */
  readonly planName: string | null;
  /** Sum of the active services' monthly amounts without tax, as decimal text; null when they are in several currencies. */
  readonly monthlyRevenueAmount: string | null;
  /** Of the oldest service that is not terminated, else of the first one ever: activated, or until then ordered. */
  readonly contractStartOn: string | null;
  /** The start plus the months of that service's plan; null for a plan without a minimum term. */
  readonly contractEndOn: string | null;
  readonly installedOn: string | null;
  /** Where the newest service that is not terminated ends; the customer's own address without one. */
  readonly serviceAddress: PostalAddress | null;
}
