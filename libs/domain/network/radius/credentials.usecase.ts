import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { RadiusVault } from './radius-vault.js';

const FIND = statement(
  'credentials-find',
  `SELECT partner_id AS "partnerId", username, password_sealed AS sealed FROM subscribers WHERE service_id = $1`,
);
const ROTATE = statement(
  'credentials-rotate',
  `UPDATE subscribers SET password_sealed = $2, password_radius = $3, updated_at = now() WHERE service_id = $1
   RETURNING partner_id AS "partnerId", username, updated_at AS "rotatedAt"`,
);

/** What a subscriber's equipment logs in with. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** New random credentials, sealed twice: for us, and for the RADIUS server. */
export function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** Shows the credentials of a service, and that they were shown. */
@Injectable()
export class RevealCredentials {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.credentials.none`, also for a service behind another wall */
  async execute(actor: Actor, serviceId: number): Promise<Credentials> {
    const credentials = await this.ifAny(actor, serviceId);
    if (!credentials) throw networkErrors('network.credentials.none');
    return credentials;
  }

  /** Undefined, and no word in the audit trail, for a service that has none yet. */
  ifAny(actor: Actor, serviceId: number): Promise<Credentials | undefined> {
    return this.uow.run(actor, async (tx) => {
      const found = await tx.one<{ partnerId: number; username: string; sealed: string }>(FIND, [serviceId]);
      if (!found) return undefined;
      const place = { table: 'subscribers', column: 'password_sealed', row: serviceId };
      const password = this.secrets.open(found.sealed, place);
      const subject = { type: 'service', id: serviceId };
      this.audit.record({ actor, partnerId: found.partnerId, action: 'credential.reveal', subject });
      return { username: found.username, password };
    });
  }
}

/** Gives a service a new password; a session that is up goes on, the next log-in needs the new one. */
@Injectable()
export class RotateCredentials {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly vault: RadiusVault,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.credentials.none` */
  execute(actor: Actor, serviceId: number): Promise<{ readonly username: string; readonly rotatedAt: Date }> {
    const password = newPassword();
    const sealed = this.secrets.seal(password, { table: 'subscribers', column: 'password_sealed', row: serviceId });
    const radius = this.vault.seal(password, { subscriberOf: serviceId });
    return this.uow.run(actor, async (tx) => {
      const row = await tx.one<{ partnerId: number; username: string; rotatedAt: Date }>(ROTATE, [
        serviceId,
        sealed,
        radius,
      ]);
      if (!row) throw networkErrors('network.credentials.none');
      const subject = { type: 'service', id: serviceId };
      this.audit.record({ actor, partnerId: row.partnerId, action: 'credential.rotate', subject });
      return { username: row.username, rotatedAt: row.rotatedAt };
    });
  }
}
