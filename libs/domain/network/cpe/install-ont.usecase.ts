import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ChangeDevice } from '../devices/change-device.usecase.js';
import { CreateDevice } from '../devices/create-device.usecase.js';
import { DeviceQueries } from '../devices/device.queries.js';
import { networkErrors } from '../network.errors.js';
import { CpeSettings } from './cpe-settings.js';

const CURRENT = statement(
  'onts-of-service',
  `SELECT id FROM devices WHERE service_id = $1 AND status = 'active' ORDER BY id FOR UPDATE`,
);
const ONE = { limit: 1, offset: 0 };

/** Which ONT ends a line. */
export interface InstalledOnt {
  readonly serviceId: number;
  readonly serialNumber: string;
  /** The socket that the customer is plugged into; the first when absent. */
  readonly portNumber?: string | undefined;
  /** Where it is plugged in: needed for an ONT that is not known yet. */
  readonly oltId?: number | undefined;
  readonly ponPort?: string | undefined;
  readonly onuIndex?: number | undefined;
}

/** Says which ONT ends the line of a service, known already or new, and lets go of the one that did before. */
@Injectable()
export class InstallOnt {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly devices: DeviceQueries,
    private readonly create: CreateDevice,
    private readonly change: ChangeDevice,
    private readonly cpe: CpeSettings,
  ) {}

  /**
   * @throws `network.ont.unknown` (a new one without its OLT), `network.ont.not_an_ont`, `network.ont.in_use`, and what
   *   `CreateDevice` and `ChangeDevice` throw
   */
  execute(actor: Actor, installed: InstalledOnt): Promise<void> {
    return this.uow.run(actor, async () => {
      const { serviceId, serialNumber, portNumber } = installed;
      const [known] = (await this.devices.list(actor, { serialNumber }, ONE)).rows;
      if (known && known.kind !== 'ont') throw networkErrors('network.ont.not_an_ont', { serial: serialNumber });
      if (known && known.serviceId !== null && known.serviceId !== serviceId)
        throw networkErrors('network.ont.in_use', { serial: serialNumber });
      await this.letGo(actor, serviceId, known?.id);
      if (known) await this.change.execute({ actor, id: known.id, changes: { ...placeOf(installed), serviceId } });
      else await this.add(actor, installed);
      await this.cpe.plug(serviceId, portNumber);
    });
  }

  /** The line of a service is over: its ONT is free for another. Once more changes nothing. */
  remove(actor: Actor, serviceId: number): Promise<void> {
    return this.uow.run(actor, () => this.letGo(actor, serviceId));
  }

  private async letGo(actor: Actor, serviceId: number, except?: number): Promise<void> {
    for (const { id } of await this.uow.tx.query<{ id: number }>(CURRENT, [serviceId]))
      if (id !== except) await this.change.execute({ actor, id, changes: { serviceId: null } });
  }

  private async add(actor: Actor, installed: InstalledOnt): Promise<void> {
    const { serviceId, serialNumber, oltId } = installed;
    if (oltId === undefined) throw networkErrors('network.ont.unknown', { serial: serialNumber });
    const olt = (
      await this.devices.list(actor, { kind: 'olt', status: 'active' }, { limit: 1_000, offset: 0 })
    ).rows.find(({ id }) => id === oltId);
    if (!olt) throw networkErrors('network.device.unknown_reference', { what: 'olt_id' });
    const { statusDriver, pollIntervalSeconds } = olt;
    const asked = { statusDriver, pollIntervalSeconds };
    const values = {
      name: serialNumber,
      kind: 'ont',
      serialNumber,
      serviceId,
      ...asked,
      ...placeOf(installed),
    } as const;
    await this.create.execute({ actor, values });
  }
}

function placeOf({ oltId, ponPort, onuIndex }: InstalledOnt) {
  return { oltId, ponPort, onuIndex };
}
