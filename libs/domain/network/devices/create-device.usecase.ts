import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { DriverNames } from '../drivers/driver-names.js';
import { type DeviceSecretValues, DeviceSecrets } from './device-secrets.js';
import { type DeviceFacts, DeviceRepository } from './device.repository.js';
import type { DeviceView } from './device.view.js';

const NOTHING = {
  driver: null,
  sessionDriver: null,
  statusDriver: null,
  settings: {},
  address: null,
  nodeId: null,
  parentId: null,
  modelId: null,
  serialNumber: null,
  firmware: null,
  oltId: null,
  ponPort: null,
  onuIndex: null,
  serviceId: null,
  pollIntervalSeconds: 60,
};

export type DeviceValues = Pick<DeviceFacts, 'name' | 'kind'> & {
  readonly [F in keyof Omit<DeviceFacts, 'name' | 'kind'>]?: DeviceFacts[F] | undefined;
};

export interface CreateDeviceInput {
  readonly actor: Actor;
  readonly values: DeviceValues;
  /** Sealed at once, and never shown again. */
  readonly credentials?: DeviceSecretValues | undefined;
}

/** Puts a device into service; one with a status driver is asked from then on. */
@Injectable()
export class CreateDevice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly devices: DeviceRepository,
    private readonly secrets: DeviceSecrets,
    private readonly drivers: DriverNames,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.device.taken`, `network.device.unknown_reference`, `network.device.driver_unknown` */
  execute({ actor, values, credentials }: CreateDeviceInput): Promise<DeviceView> {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    const facts = { ...NOTHING, ...given } as DeviceFacts;
    this.drivers.refuseUnknown(facts);
    return this.uow.run(actor, async () => {
      const guid = randomUUID();
      const sealed = credentials ? this.secrets.seal(guid, credentials) : null;
      const device = await this.devices.insert(facts, guid, sealed);
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'device.create',
        subject: { type: 'device', id: device.id },
        changes: { ...given, credentials: Object.keys(credentials ?? {}) },
      });
      return device;
    });
  }
}
