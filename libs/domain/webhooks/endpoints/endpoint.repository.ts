import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { webhookErrors } from '../webhooks.errors.js';
import type { SealedSecrets } from './endpoint-secrets.js';
import { ENDPOINT_COLUMNS, type DisabledReason, type EndpointStatus, type EndpointView } from './endpoint.view.js';

const SEALED = `guid, secret_sealed AS "secretSealed", previous_secret_sealed AS "previousSecretSealed", previous_until AS "previousUntil"`;

const INSERT = statement(
  'webhook-endpoint-insert',
  `INSERT INTO webhook_endpoints (guid, partner_id, url, description, events, all_partners, secret_sealed)
   SELECT $1, $2, $3, $4, $5, $6, $7
    WHERE (SELECT count(*) FROM webhook_endpoints WHERE partner_id = $2 AND deleted_at IS NULL) < $8
   RETURNING ${ENDPOINT_COLUMNS}`,
);
const LOCK = statement(
  'webhook-endpoint-lock',
  `SELECT ${ENDPOINT_COLUMNS}, ${SEALED} FROM webhook_endpoints
    WHERE id = $1 AND ($2::integer IS NULL OR partner_id = $2) AND deleted_at IS NULL FOR NO KEY UPDATE`,
);
const UPDATE = statement(
  'webhook-endpoint-update',
  `UPDATE webhook_endpoints
      SET url = $2, description = $3, events = $4, all_partners = $5, status = $6, disabled_reason = $7,
          first_failure_at = CASE WHEN status = 'disabled' AND $6 = 'enabled' THEN NULL ELSE first_failure_at END,
          version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${ENDPOINT_COLUMNS}`,
);
const ROTATE = statement(
  'webhook-endpoint-rotate',
  `UPDATE webhook_endpoints
      SET secret_sealed = $2, previous_secret_sealed = $3, previous_until = $4, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${ENDPOINT_COLUMNS}`,
);
const DELETE = statement(
  'webhook-endpoint-delete',
  `UPDATE webhook_endpoints
      SET status = 'disabled', disabled_reason = 'deleted', secret_sealed = NULL, previous_secret_sealed = NULL,
          previous_until = NULL, all_partners = false, deleted_at = now(), updated_at = now(), version = version + 1
    WHERE id = $1`,
);
const DISABLE = statement(
  'webhook-endpoint-disable',
  `UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = $2, updated_at = now(), version = version + 1
    WHERE id = $1 AND status = 'enabled'`,
);
const SUCCEEDED = statement(
  'webhook-endpoint-succeeded',
  'UPDATE webhook_endpoints SET first_failure_at = NULL WHERE id = $1 AND first_failure_at IS NOT NULL',
);
const FAILED = statement(
  'webhook-endpoint-failed',
  'UPDATE webhook_endpoints SET first_failure_at = $2 WHERE id = $1 AND first_failure_at IS NULL',
);

export type LockedEndpoint = EndpointView & SealedSecrets;

export interface EndpointChange {
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly allPartners: boolean;
  readonly status: EndpointStatus;
  readonly disabledReason: DisabledReason | null;
}

/** The partner whose rows an actor's queries are scoped to; null for every partner's. */
export function scopeOf(actor: Actor): number | null {
  return actor.reach === 'all' ? null : actor.partnerId;
}

@Injectable()
export class EndpointRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Undefined when the partner has `limit` endpoints already. */
  insert(values: readonly unknown[], limit: number): Promise<EndpointView | undefined> {
    return this.uow.tx.one<EndpointView>(INSERT, [...values, limit]);
  }

  /** Locks an endpoint, which also keeps its deliveries' claims and results waiting. */
  async lock(actor: Actor, id: number): Promise<LockedEndpoint> {
    const row = await this.uow.tx.one<LockedEndpoint>(LOCK, [id, scopeOf(actor)]);
    if (!row) throw webhookErrors('webhooks.endpoint.not_found');
    return row;
  }

  async update(id: number, change: EndpointChange): Promise<EndpointView> {
    const { url, description, events, allPartners, status, disabledReason } = change;
    const row = await this.uow.tx.one<EndpointView>(UPDATE, [
      id,
      url,
      description,
      events,
      allPartners,
      status,
      disabledReason,
    ]);
    return row as EndpointView;
  }

  async rotate(id: number, sealed: string, previousSealed: string, previousUntil: Date): Promise<EndpointView> {
    return (await this.uow.tx.one<EndpointView>(ROTATE, [id, sealed, previousSealed, previousUntil])) as EndpointView;
  }

  /** Keeps the row for its deliveries' sake, without the secrets. */
  async delete(id: number): Promise<void> {
    await this.uow.tx.execute(DELETE, [id]);
  }

  async disable(id: number, reason: DisabledReason): Promise<boolean> {
    return (await this.uow.tx.execute(DISABLE, [id, reason])) > 0;
  }

  async noteSuccess(id: number): Promise<void> {
    await this.uow.tx.execute(SUCCEEDED, [id]);
  }

  async noteFailure(id: number, at: Date): Promise<void> {
    await this.uow.tx.execute(FAILED, [id, at]);
  }
}
