import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { placeOf } from './cpe-settings.js';

const FIND = statement(
  'line-secrets-find',
  `SELECT s.id AS "serviceId", s.partner_id AS "partnerId", u.password_sealed AS pppoe, w.wifi_password_sealed AS wifi
     FROM services s LEFT JOIN subscribers u ON u.service_id = s.id LEFT JOIN cpe_settings w ON w.service_id = s.id
    WHERE s.id = ANY ($1::integer[]) AND (u.password_sealed IS NOT NULL OR w.wifi_password_sealed IS NOT NULL) ORDER BY s.id`,
);

interface Row {
  readonly serviceId: number;
  readonly partnerId: number;
  readonly pppoe: string | null;
  readonly wifi: string | null;
}

/** What the equipment of a line logs in with, and is logged in to with; null for what there is not yet. */
export interface LineSecrets {
  readonly pppoePassword: string | null;
  readonly wifiPassword: string | null;
}

/** Shows the secrets of lines, and that they were shown. */
@Injectable()
export class RevealLineSecrets {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  /** By service; nothing for an actor that may not see them, nor of services that have none. */
  execute(actor: Actor, serviceIds: readonly number[]): Promise<ReadonlyMap<number, LineSecrets>> {
    if (!actor.permissions.has('credential.reveal')) return Promise.resolve(new Map());
    return this.uow.run(actor, async (tx) => {
      const rows = await tx.query<Row>(FIND, [serviceIds]);
      return new Map(rows.map((row) => [row.serviceId, this.shown(actor, row)]));
    });
  }

  private shown(actor: Actor, { serviceId, partnerId, pppoe, wifi }: Row): LineSecrets {
    const subject = { type: 'service', id: serviceId };
    this.audit.record({ actor, partnerId, action: 'credential.reveal', subject });
    const account = { table: 'subscribers', column: 'password_sealed', row: serviceId };
    return {
      pppoePassword: pppoe && this.secrets.open(pppoe, account),
      wifiPassword: wifi && this.secrets.open(wifi, placeOf(serviceId)),
    };
  }
}
