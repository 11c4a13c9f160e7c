import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { type DeviceSecretValues, DeviceSecrets } from './device-secrets.js';
import { DeviceRepository } from './device.repository.js';

export interface SetDeviceCredentialsInput {
  readonly actor: Actor;
  readonly id: number;
  /** New values by name; null forgets one. What is not named stays. */
  readonly credentials: Readonly<Record<string, string | null | undefined>>;
}

/** Replaces credentials of a device. They go in and never come out again but to its drivers. */
@Injectable()
export class SetDeviceCredentials {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly devices: DeviceRepository,
    private readonly secrets: DeviceSecrets,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.device.not_found`, `network.device.retired` */
  execute({ actor, id, credentials }: SetDeviceCredentialsInput): Promise<void> {
    return this.uow.run(actor, async () => {
      const { guid, secretsSealed } = await this.devices.lock(id);
      const given = Object.entries(credentials).filter(([, value]) => value !== undefined);
      const merged = Object.entries({ ...this.secrets.open(guid, secretsSealed), ...Object.fromEntries(given) });
      const kept = Object.fromEntries(merged.filter(([, value]) => value !== null)) as DeviceSecretValues;
      await this.devices.seal(id, Object.keys(kept).length > 0 ? this.secrets.seal(guid, kept) : null);
      const subject = { type: 'device', id };
      const changes = { replaced: given.map(([name]) => name) };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'device.set_credentials', subject, changes });
    });
  }
}
