import type { GatewayName, MethodKind } from '../gateways/payment-gateway.port.js';

/** A gateway's token for a card or an account of a customer. */
export interface PaymentMethodView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly gateway: GatewayName;
  readonly kind: MethodKind;
  readonly brand: string | null;
  readonly lastDigits: string | null;
  /** The last day on which it can be charged. */
  readonly expiresOn: string | null;
  readonly isDefault: boolean;
  /** Why it is not charged by itself any more. */
  readonly refusedCode: string | null;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
  readonly version: number;
}

/** The columns of a view, for hand-written statements. */
export const METHOD_COLUMNS = `m.id, m.partner_id AS "partnerId", m.customer_id AS "customerId", m.gateway, m.kind, m.brand,
  m.last_digits AS "lastDigits", m.expires_on::text AS "expiresOn", m.is_default AS "isDefault", m.refused_code AS "refusedCode",
  m.created_at AS "createdAt", m.removed_at AS "removedAt", m.version`;
