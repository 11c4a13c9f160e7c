export type EndpointStatus = 'enabled' | 'disabled';
/** Who or what switched it off: its owner, a 410 answer, or 5 days of failures. */
export type DisabledReason = 'by_owner' | 'gone' | 'failing' | 'deleted';

export interface EndpointView {
  readonly id: number;
  readonly partnerId: number;
  readonly url: string;
  readonly description: string;
  /** Event types, or `*`. */
  readonly events: readonly string[];
  readonly allPartners: boolean;
  readonly status: EndpointStatus;
  readonly disabledReason: DisabledReason | null;
  /** The first failure since the last success. */
  readonly failingSince: Date | null;
  /** Until when deliveries are signed with the secret before this one, too. */
  readonly previousSecretUntil: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An endpoint together with its new secret, which is never shown again. */
export interface EndpointWithSecret {
  readonly endpoint: EndpointView;
  readonly secret: string;
}

export const ENDPOINT_COLUMNS = `
  id, partner_id AS "partnerId", url, description, events, all_partners AS "allPartners", status,
  disabled_reason AS "disabledReason", first_failure_at AS "failingSince", previous_until AS "previousSecretUntil",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`;
