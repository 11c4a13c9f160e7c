import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { DriverNames } from '../drivers/driver-names.js';
import { networkErrors } from '../network.errors.js';
import type { DeviceValues } from './create-device.usecase.js';
import { type DeviceFacts, DeviceRepository, type LockedDevice } from './device.repository.js';
import type { DeviceView } from './device.view.js';

export interface ChangeDeviceInput {
  readonly actor: Actor;
  readonly id: number;
  readonly changes: Partial<DeviceValues>;
  readonly ifMatch?: number | undefined;
}

/** Changes facts about a device, or takes it out of service. */
@Injectable()
export class ChangeDevice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly devices: DeviceRepository,
    private readonly drivers: DriverNames,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws as `CreateDevice`, and `network.device.not_found`, `….version_mismatch`, `….retired`, `….loop` */
  execute({ actor, id, changes, ifMatch }: ChangeDeviceInput): Promise<DeviceView> {
    this.drivers.refuseUnknown(changes);
    return this.uow.run(actor, async () => {
      const before = await this.devices.lock(id, ifMatch);
      await this.devices.refuseLoop(id, [changes.parentId ?? null, changes.oltId ?? null]);
      return this.apply(actor, before, changes);
    });
  }

  /** @throws `network.device.in_use` while something depends on it */
  retire({ actor, id }: { readonly actor: Actor; readonly id: number }): Promise<DeviceView> {
    return this.uow.run(actor, async () => {
      const before = await this.devices.lock(id);
      if (await this.devices.inUse(id)) throw networkErrors('network.device.in_use');
      return this.apply(actor, before, {}, 'retired');
    });
  }

  private async apply(
    actor: Actor,
    before: LockedDevice,
    changes: Partial<DeviceValues>,
    status: DeviceView['status'] = before.status,
  ): Promise<DeviceView> {
    const diff = changesBetween(before, { ...changes, status });
    const { secretsSealed: _, ...view } = before;
    if (Object.keys(diff).length === 0) return view;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const facts = { ...view, ...given } as DeviceFacts;
    const saved = await this.devices.update(before.id, facts, status);
    const action = status === 'retired' ? 'device.retire' : 'device.update';
    const subject = { type: 'device', id: before.id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes: diff });
    return saved;
  }
}
