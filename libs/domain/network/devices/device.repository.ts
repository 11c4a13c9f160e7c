import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { DEVICE_COLUMNS, DEVICE_TABLES, type DeviceView } from './device.view.js';

const COLUMNS = `name, kind, driver, session_driver, status_driver, settings, management_address, node_id, parent_id, model_id,
  serial_number, firmware, olt_id, pon_port, onu_index, service_id, poll_interval_seconds`;
const INSERT = statement(
  'devices-insert',
  `INSERT INTO devices (${COLUMNS}, guid, secrets_sealed)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id`,
);
const UPDATE = statement(
  'devices-update',
  `UPDATE devices SET (${COLUMNS}) = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17),
          status = $18, version = version + 1, updated_at = now() WHERE id = $19 RETURNING id`,
);
const LOCK = statement(
  'devices-lock',
  `SELECT ${DEVICE_COLUMNS}, d.secrets_sealed AS "secretsSealed" FROM ${DEVICE_TABLES} WHERE d.id = $1 FOR UPDATE OF d`,
);
const GET = statement('devices-get', `SELECT ${DEVICE_COLUMNS} FROM ${DEVICE_TABLES} WHERE d.id = $1`);
const SEAL = statement(
  'devices-seal',
  'UPDATE devices SET secrets_sealed = $2, version = version + 1, updated_at = now() WHERE id = $1',
);
// Whoever is to be asked is asked soon; whoever is not, never again.
const ASK = statement(
  'device-status-ask',
  `INSERT INTO device_status (device_id, next_poll_at) VALUES ($1, CASE WHEN $2 THEN now() END)
   ON CONFLICT (device_id) DO UPDATE SET next_poll_at = excluded.next_poll_at`,
);
const LOOP = statement(
  'devices-loop',
  `WITH RECURSIVE above AS (
     SELECT $2::integer AS id UNION SELECT coalesce(d.parent_id, d.olt_id) FROM devices d JOIN above a ON d.id = a.id)
   SELECT 1 FROM above WHERE id = $1`,
);
const BELOW = statement(
  'devices-below',
  `SELECT 1 FROM devices WHERE (parent_id = $1 OR olt_id = $1) AND status = 'active'
    UNION ALL SELECT 1 FROM ip_addresses a JOIN ip_pools p ON p.id = a.pool_id WHERE p.router_id = $1 AND a.service_id IS NOT NULL LIMIT 1`,
);

/** Everything that can be said of a device but its credentials, its number and its state. */
export type DeviceFacts = Pick<
  DeviceView,
  | 'name'
  | 'kind'
  | 'driver'
  | 'sessionDriver'
  | 'statusDriver'
  | 'settings'
  | 'address'
  | 'nodeId'
  | 'parentId'
  | 'modelId'
  | 'serialNumber'
  | 'firmware'
  | 'oltId'
  | 'ponPort'
  | 'onuIndex'
  | 'serviceId'
  | 'pollIntervalSeconds'
>;

export type LockedDevice = DeviceView & { readonly secretsSealed: string | null };

/** What a refused write says, by the constraint that refused it. */
const TAKEN: Readonly<Record<string, string>> = {
  devices_name_key: 'name',
  devices_serial_number_key: 'serial number',
  devices_one_per_service: 'service',
  devices_one_per_onu: 'place on its OLT',
};
const UNKNOWN = /^devices_(\w+)_id_fkey$/;

@Injectable()
export class DeviceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async insert(facts: DeviceFacts, guid: string, sealed: string | null): Promise<DeviceView> {
    const row = await this.guarded(() => this.uow.tx.one<{ id: number }>(INSERT, [...columns(facts), guid, sealed]));
    return this.settled((row as { id: number }).id, facts.statusDriver !== null);
  }

  async update(id: number, facts: DeviceFacts, status: DeviceView['status']): Promise<DeviceView> {
    await this.guarded(() => this.uow.tx.execute(UPDATE, [...columns(facts), status, id]));
    return this.settled(id, facts.statusDriver !== null && status === 'active');
  }

  /** @throws `network.device.not_found`, `network.device.version_mismatch`, `network.device.retired` */
  async lock(id: number, ifMatch?: number): Promise<LockedDevice> {
    const device = await this.uow.tx.one<LockedDevice>(LOCK, [id]);
    if (!device) throw networkErrors('network.device.not_found');
    if (ifMatch !== undefined && ifMatch !== device.version) throw networkErrors('network.device.version_mismatch');
    if (device.status === 'retired') throw networkErrors('network.device.retired');
    return device;
  }

  async seal(id: number, sealed: string | null): Promise<void> {
    await this.uow.tx.execute(SEAL, [id, sealed]);
  }

  /** @throws `network.device.loop` when a device would hang below itself */
  async refuseLoop(id: number, above: readonly (number | null)[]): Promise<void> {
    for (const parent of above)
      if (parent !== null && (await this.uow.tx.one(LOOP, [id, parent]))) throw networkErrors('network.device.loop');
  }

  /** Whether devices in service hang below it, or services have its addresses. */
  async inUse(id: number): Promise<boolean> {
    return (await this.uow.tx.one(BELOW, [id])) !== undefined;
  }

  private async settled(id: number, asked: boolean): Promise<DeviceView> {
    await this.uow.tx.execute(ASK, [id, asked]);
    return (await this.uow.tx.one<DeviceView>(GET, [id])) as DeviceView;
  }

  private guarded<T>(write: () => Promise<T>): Promise<T> {
    return this.uow.tx.savepoint(write).catch((error: unknown) => {
      const constraint = violatedConstraint(error) ?? '';
      const what = TAKEN[constraint];
      if (what) throw networkErrors('network.device.taken', { what });
      const reference = UNKNOWN.exec(constraint)?.[1];
      if (reference) throw networkErrors('network.device.unknown_reference', { what: `${reference}_id` });
      if (/_check\d*$/.test(constraint)) throw networkErrors('network.device.loop');
      throw error;
    });
  }
}

function columns(facts: DeviceFacts): unknown[] {
  const { name, kind, driver, sessionDriver, statusDriver, settings, address, nodeId, parentId, modelId } = facts;
  const { serialNumber, firmware, oltId, ponPort, onuIndex, serviceId, pollIntervalSeconds } = facts;
  const place = [serialNumber, firmware, oltId, ponPort, onuIndex, serviceId, pollIntervalSeconds];
  const drivers = [driver, sessionDriver, statusDriver];
  return [name, kind, ...drivers, JSON.stringify(settings), address, nodeId, parentId, modelId, ...place];
}
