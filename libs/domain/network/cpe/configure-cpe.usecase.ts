import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import { DeviceSecrets } from '../devices/device-secrets.js';
import { networkErrors } from '../network.errors.js';
import { CPE_DRIVERS, type CpeDriver, type CpeState } from './cpe-driver.port.js';
import { placeOf } from './cpe-settings.js';

const ACTOR = systemActor('network');
const LONGEST_WAIT_SECONDS = 60;
/** For one call of the device. */
const PATIENCE_MS = 15_000;
const NO_DRIVER = 'network.cpe.no_driver';

interface Desired {
  readonly wifiName: string;
  readonly sealed: string;
  readonly bandSteering: boolean;
  readonly version: number;
  readonly attempts: number;
  readonly deviceId: number;
  readonly deviceGuid: string;
  readonly deviceName: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly secretsSealed: string | null;
  readonly driver: string | null;
}

const LOCK = statement('cpe-settings-lock', 'SELECT 1 FROM cpe_settings WHERE service_id = $1 FOR UPDATE');
const DESIRED = statement(
  'cpe-settings-desired',
  `SELECT c.wifi_name AS "wifiName", c.wifi_password_sealed AS sealed, c.band_steering AS "bandSteering", c.desired_version AS version,
          c.attempts, d.id AS "deviceId", d.guid AS "deviceGuid", d.name AS "deviceName", d.settings,
          host(d.management_address) AS address, d.secrets_sealed AS "secretsSealed", d.status_driver AS driver
     FROM cpe_settings c JOIN devices d ON d.service_id = c.service_id AND d.status = 'active'
    WHERE c.service_id = $1 AND c.state <> 'confirmed'`,
);
const CONFIRM = statement(
  'cpe-settings-confirm',
  `UPDATE cpe_settings SET confirmed_version = $2, confirmed_at = now(), attempts = 0, error = NULL,
          state = CASE WHEN desired_version = $2 THEN 'confirmed' ELSE 'pending' END
    WHERE service_id = $1 AND confirmed_version <= $2 RETURNING desired_version > $2 AS more`,
);
const FAILED = statement(
  'cpe-settings-failed',
  `UPDATE cpe_settings SET state = $2, error = left($3, 500), attempts = attempts + 1
    WHERE service_id = $1 AND state <> 'confirmed' RETURNING attempts`,
);

/**
 * Brings the equipment at a customer's to what is wanted of it, and notes that it was seen to follow. A device that does
 * not follow is tried again for as long as it takes.
 */
@Injectable()
export class ConfigureCpe {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly deviceSecrets: DeviceSecrets,
    @Inject(CPE_DRIVERS) private readonly drivers: readonly CpeDriver[],
  ) {}

  async execute(serviceId: number, run: WorkRun): Promise<void> {
    for (let more = true; more;) {
      try {
        more = await this.once(serviceId, run);
      } catch (error) {
        // The network's own refusals are a state of the equipment; anything else is a failure of the work.
        if (!(error instanceof DomainError) || !error.code.startsWith('network.')) throw error;
        run.signal.throwIfAborted();
        await this.later(serviceId, error, run);
        return;
      }
    }
  }

  private async once(serviceId: number, run: WorkRun): Promise<boolean> {
    const desired = await this.uow.run(ACTOR, async (tx) => {
      await tx.execute(LOCK, [serviceId]);
      const found = await tx.one<Desired>(DESIRED, [serviceId]);
      // Nothing to do until a device is plugged in, which waits for this row and then finds no work under way.
      if (!found) await run.complete();
      return found;
    });
    if (!desired) return false;
    await this.apply(serviceId, desired, run.signal);
    return this.uow.run(ACTOR, async (tx) => {
      await run.fence();
      const after = await tx.one<{ more: boolean }>(CONFIRM, [serviceId, desired.version]);
      const more = after?.more ?? false;
      // In the transaction that holds the row: a change that waits for it finds no work under way, and makes its own.
      if (!more) await run.complete();
      return more;
    });
  }

  private async apply(serviceId: number, desired: Desired, outer: AbortSignal): Promise<void> {
    const driver = this.drivers.find(({ name }) => name === desired.driver);
    if (!driver) throw networkErrors(NO_DRIVER, { name: desired.deviceName });
    const { deviceId: id, deviceGuid, deviceName: name, settings, address, secretsSealed } = desired;
    const device = { id, name, settings, address, secrets: this.deviceSecrets.open(deviceGuid, secretsSealed) };
    const wifiPassword = this.secrets.open(desired.sealed, placeOf(serviceId));
    const wanted: CpeState = { wifiName: desired.wifiName, wifiPassword, bandSteering: desired.bandSteering };
    const signal = AbortSignal.any([outer, AbortSignal.timeout(PATIENCE_MS)]);
    await driver.configure(device, `cpe-${serviceId}-${desired.version}-${desired.attempts}`, wanted, signal);
    if (!(await driver.follows(device, wanted, signal))) throw networkErrors('network.device.mismatch');
  }

  private later(serviceId: number, error: DomainError, run: WorkRun): Promise<void> {
    const isAway = error.kind === 'timeout' || error.kind === 'unavailable';
    return this.uow.run(ACTOR, async (tx) => {
      const state = [serviceId, isAway ? 'unreachable' : 'pending', error.message];
      const attempts = (await tx.one<{ attempts: number }>(FAILED, state))?.attempts ?? 1;
      const ceiling = Math.min(LONGEST_WAIT_SECONDS, 2 ** Math.min(attempts - 1, 10));
      // Nothing that a repetition could mend; another device is told anew.
      if (error.code === NO_DRIVER) return run.complete();
      await run.postpone(ceiling * (0.5 + Math.random() / 2));
    });
  }
}
