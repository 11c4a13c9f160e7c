import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { DeviceSecrets } from '../devices/device-secrets.js';
import type { SessionDevice } from '../drivers/session-control.js';
import type { SessionRef } from '../drivers/device-driver.port.js';
import { RadiusVault } from '../radius/radius-vault.js';
import type { GrantedToSession, WantedOfSession } from './session-order.policy.js';

interface Row {
  readonly id: string;
  readonly username: string;
  readonly sessionId: string;
  readonly framedAddress: string | null;
  readonly nasAddress: string;
  readonly nasIdentifier: string | null;
  readonly access: 'open' | 'walled_garden' | null;
  readonly downloadKbps: number | null;
  readonly uploadKbps: number | null;
  readonly deviceId: number | null;
  readonly guid: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sessionDriver: string | null;
  readonly nasSecret: Buffer | null;
  readonly secretsSealed: string | null;
}

/** A session that runs, and the NAS that can be told of it; undefined when no device in service has its address. */
export interface OpenSession {
  /** Of its row. */
  readonly id: string;
  readonly ref: SessionRef;
  readonly granted: GrantedToSession;
  readonly device: SessionDevice | undefined;
}

const OF_SERVICE = statement(
  'open-sessions-of-service',
  `SELECT r.radacctid::text AS id, r.username, r.acctsessionid AS "sessionId", host(r.framedipaddress) AS "framedAddress",
          host(r.nasipaddress) AS "nasAddress", r.nasidentifier AS "nasIdentifier", r.granted_access AS access,
          r.granted_download_kbps AS "downloadKbps", r.granted_upload_kbps AS "uploadKbps", d.id AS "deviceId", d.guid, d.name,
          d.settings, d.session_driver AS "sessionDriver", d.nas_secret AS "nasSecret", d.secrets_sealed AS "secretsSealed"
     FROM radius.radacct r LEFT JOIN devices d ON d.nas_address = r.nasipaddress AND d.status = 'active'
    WHERE r.service_id = $1 AND r.acctstoptime IS NULL
      AND r.heard_at > now() - make_interval(secs => (SELECT 3 * c.interim_seconds FROM radius.settings c))
    ORDER BY r.radacctid`,
);
const GRANTED = statement(
  'open-sessions-granted',
  `UPDATE radius.radacct SET granted_version = coalesce($2, granted_version), granted_access = $3, granted_download_kbps = $4,
          granted_upload_kbps = $5 WHERE radacctid = $1`,
);
const DISCONNECTED = statement(
  'open-sessions-disconnected',
  'UPDATE radius.radacct SET disconnected_at = now() WHERE radacctid = $1',
);
// The end is where it was last seen. Should its Stop still come, that opens the row again and tells the rest.
const GONE = statement(
  'open-sessions-gone',
  `UPDATE radius.radacct SET acctstoptime = acctupdatetime, acctterminatecause = 'Lost-Carrier', closed_by = 'gone'
    WHERE radacctid = $1 AND acctstoptime IS NULL`,
);

/** The sessions of one service that were heard of lately, and what was last done to them. In the caller's transaction. */
@Injectable()
export class OpenSessions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly vault: RadiusVault,
    private readonly secrets: DeviceSecrets,
  ) {}

  async of(serviceId: number): Promise<OpenSession[]> {
    const rows = await this.uow.tx.query<Row>(OF_SERVICE, [serviceId]);
    return rows.map((row) => {
      const { id, username, sessionId, framedAddress, nasAddress, nasIdentifier, access, downloadKbps, uploadKbps } =
        row;
      return {
        id,
        ref: { username, sessionId, framedAddress, nasAddress, nasIdentifier },
        granted: { access, address: framedAddress, downloadKbps, uploadKbps },
        device: this.deviceOf(row),
      };
    });
  }

  async changed(id: string, { access, downloadKbps, uploadKbps }: WantedOfSession, version?: number): Promise<void> {
    await this.uow.tx.execute(GRANTED, [id, version ?? null, access, downloadKbps, uploadKbps]);
  }

  async disconnected(id: string): Promise<void> {
    await this.uow.tx.execute(DISCONNECTED, [id]);
  }

  async gone(id: string): Promise<void> {
    await this.uow.tx.execute(GONE, [id]);
  }

  private deviceOf(row: Row): SessionDevice | undefined {
    const { deviceId: id, guid, name, settings, nasAddress, nasSecret, secretsSealed, sessionDriver } = row;
    if (id === null) return undefined;
    const radius: Record<string, string> =
      nasSecret === null ? {} : { radius: this.vault.open(nasSecret, { nas: id }) };
    const secrets = { ...this.secrets.open(guid, secretsSealed), ...radius };
    return { id, name, settings, nasAddress, sessionDriver, secrets };
  }
}
