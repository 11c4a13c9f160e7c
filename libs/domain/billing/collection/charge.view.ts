import type { GatewayName } from '../gateways/payment-gateway.port.js';
import type { ChargeStatus } from './charge.states.js';

/** Money that a gateway was asked to take. Amounts are decimal text. */
export interface ChargeView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly paymentMethodId: number;
  readonly gateway: GatewayName;
  readonly purpose: 'invoices' | 'top_up';
  readonly invoiceIds: readonly number[];
  /** Payments of which a bank took back more than was left: it is meant for that too. */
  readonly excessOfIds: readonly number[];
  readonly currency: string;
  readonly amount: string;
  readonly status: ChargeStatus;
  readonly reference: string | null;
  /** Where the holder takes the step that is asked for. */
  readonly actionUrl: string | null;
  /** Why it failed, in the gateway's word. */
  readonly code: string | null;
  readonly automatic: boolean;
  readonly attempt: number;
  /** The charge that this one repeats. */
  readonly retryOfId: number | null;
  /** When it is repeated by itself. */
  readonly retryAt: Date | null;
  readonly paymentId: number | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly version: number;
}

/** The columns of a view, for hand-written statements. */
export const CHARGE_COLUMNS = `c.id, c.partner_id AS "partnerId", c.customer_id AS "customerId", c.account_id AS "accountId",
  c.payment_method_id AS "paymentMethodId", c.gateway, c.purpose, c.invoice_ids AS "invoiceIds", c.excess_of_ids AS "excessOfIds", c.currency, c.amount::text AS amount,
  c.status, c.gateway_reference AS reference, c.action_url AS "actionUrl", c.code, c.automatic, c.attempt, c.retry_of_id AS "retryOfId",
  c.retry_at AS "retryAt", c.payment_id AS "paymentId", c.created_at AS "createdAt", c.finished_at AS "finishedAt", c.version`;
