import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';

const INSERT = statement(
  'cpe-settings-insert',
  `INSERT INTO cpe_settings (service_id, partner_id, customer_id, wifi_name, wifi_password_sealed) VALUES ($1, $2, $3, $4, $5)`,
);
const CHANGE = statement(
  'cpe-settings-change',
  `UPDATE cpe_settings SET wifi_name = coalesce($2, wifi_name), wifi_password_sealed = coalesce($3, wifi_password_sealed),
          desired_version = desired_version + 1, state = 'pending', error = NULL, attempts = 0, changed_at = now()
    WHERE service_id = $1`,
);
const PLUG = statement(
  'cpe-settings-plug',
  `UPDATE cpe_settings SET port_number = coalesce($2, port_number, '1'), desired_version = desired_version + 1, state = 'pending',
          error = NULL, attempts = 0, changed_at = now()
    WHERE service_id = $1`,
);
// Without what looks alike on a label.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const PASSWORD_LENGTH = 12;
const SUFFIX_LENGTH = 4;
/** An SSID has 32 octets; a separator and the suffix need five of them. */
const PREFIX_LENGTH = 20;

export interface CpeChanges {
  readonly wifiName?: string | undefined;
  readonly wifiPassword?: string | undefined;
}

/** What the equipment at customers' is to do; whoever changes it promises in the same transaction that the device follows. */
@Injectable()
export class CpeSettings {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly work: WorkQueue,
  ) {}

  /** A WiFi of its own for a new service: a name that begins with its seller's, and a random password. */
  async make(service: {
    readonly id: number;
    readonly partnerId: number;
    readonly customerId: number;
    readonly sellerName: string;
  }): Promise<void> {
    const { id, partnerId, customerId, sellerName } = service;
    const prefix = sellerName.replace(/[^A-Za-z0-9]/g, '').slice(0, PREFIX_LENGTH) || 'Fibre';
    const name = `${prefix}_${randomText(SUFFIX_LENGTH).toUpperCase()}`;
    const sealed = this.secrets.seal(randomText(PASSWORD_LENGTH), placeOf(id));
    await this.uow.tx.execute(INSERT, [id, partnerId, customerId, name, sealed]);
  }

  /** Answers whether the service has such equipment at all. */
  async change(serviceId: number, { wifiName, wifiPassword }: CpeChanges): Promise<boolean> {
    const sealed = wifiPassword === undefined ? null : this.secrets.seal(wifiPassword, placeOf(serviceId));
    return this.changed(serviceId, await this.uow.tx.execute(CHANGE, [serviceId, wifiName ?? null, sealed]));
  }

  /** Another device ends the line; it is told everything. `port` is its socket, the first unless told otherwise. */
  async plug(serviceId: number, port: string | undefined): Promise<boolean> {
    return this.changed(serviceId, await this.uow.tx.execute(PLUG, [serviceId, port ?? null]));
  }

  private changed(serviceId: number, rows: number): boolean {
    if (rows > 0)
      this.work.enqueueOnCommit('network.configure_cpe', { service_id: serviceId }, { dedupeKey: String(serviceId) });
    return rows > 0;
  }
}

/** Where the password of a service's WiFi is sealed. */
export const placeOf = (serviceId: number) => ({
  table: 'cpe_settings',
  column: 'wifi_password_sealed',
  row: serviceId,
});

function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
