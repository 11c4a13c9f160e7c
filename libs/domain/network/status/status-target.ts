import { Injectable } from '@nestjs/common';
import { DeviceSecrets } from '../devices/device-secrets.js';
import type { StatusTarget } from '../drivers/status-driver.port.js';

/** A device that is to be asked now, as the database has it. */
export interface ClaimedRow {
  readonly id: number;
  /** Whoever claims later writes, this one does not any more. */
  readonly claim: number;
  readonly guid: string;
  readonly name: string;
  readonly driver: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly secretsSealed: string | null;
  readonly serialNumber: string | null;
  readonly ponPort: string | null;
  readonly onuIndex: number | null;
  readonly oids: unknown;
  readonly olt: Omit<ClaimedRow, 'claim' | 'driver' | 'serialNumber' | 'ponPort' | 'onuIndex' | 'oids' | 'olt'> | null;
}

/** Of `devices d`, its model `m` and its OLT `o`. */
export const CLAIMED_COLUMNS = `d.id, d.guid, d.name, d.status_driver AS driver, d.settings, host(d.management_address) AS address,
  d.secrets_sealed AS "secretsSealed", d.serial_number AS "serialNumber", d.pon_port AS "ponPort", d.onu_index AS "onuIndex",
  m.oids, CASE WHEN o.id IS NOT NULL THEN json_build_object('id', o.id, 'guid', o.guid, 'name', o.name, 'settings', o.settings,
    'address', host(o.management_address), 'secretsSealed', o.secrets_sealed) END AS olt`;
export const CLAIMED_TABLES = `devices d LEFT JOIN device_models m ON m.id = d.model_id LEFT JOIN devices o ON o.id = d.olt_id`;

/** Opens what a driver needs of a claimed device. */
@Injectable()
export class StatusTargets {
  constructor(private readonly secrets: DeviceSecrets) {}

  of(row: ClaimedRow): StatusTarget {
    const device = { ...this.ref(row), serialNumber: row.serialNumber };
    const { oids, ponPort, onuIndex } = row;
    return { device, asked: row.olt ? this.ref(row.olt) : device, oids, ponPort, onuIndex };
  }

  private ref({ id, guid, name, settings, address, secretsSealed }: NonNullable<ClaimedRow['olt']>) {
    return { id, name, settings, address, secrets: this.secrets.open(guid, secretsSealed) };
  }
}
