import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { Database, NOT_WAITED_FOR, statement } from '@isp/platform/database';
import type { DeviceRef } from '../drivers/device-driver.port.js';
import { networkErrors } from '../network.errors.js';
import type { CpeDriver, CpeState } from './cpe-driver.port.js';

const CONFIGURE = statement(
  'simulated-cpe-configure',
  `WITH asked AS (
     INSERT INTO simulated_network.effects (step_key, router_id, operation, subscriber) VALUES ($1, $2, 'cpe_configure', $3)
     ON CONFLICT (step_key) DO UPDATE SET times_asked = simulated_network.effects.times_asked + 1
     RETURNING times_asked)
   INSERT INTO simulated_network.cpes (device_id, wifi_name, wifi_password_digest, band_steering)
   SELECT $2, $3, $4, $5 FROM asked, ${NOT_WAITED_FOR} WHERE times_asked = 1
   ON CONFLICT (device_id) DO UPDATE SET wifi_name = excluded.wifi_name,
     wifi_password_digest = excluded.wifi_password_digest, band_steering = excluded.band_steering`,
);
const FOLLOWS = statement(
  'simulated-cpe-follows',
  `SELECT 1 FROM simulated_network.cpes
    WHERE device_id = $1 AND wifi_name = $2 AND wifi_password_digest = $3 AND band_steering = $4`,
);

/**
 * Equipment that exists in a table of its own, written outside of business transactions as real equipment would be. In a
 * sandbox it refuses while `settings.fault` is `error`.
 */
@Injectable()
export class SimulatedCpe implements CpeDriver {
  readonly name = 'simulated';

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async configure(device: DeviceRef, stepKey: string, wanted: CpeState, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const broken = this.config.ISP_MODE === 'sandbox' && device.settings['fault'] === 'error';
    if (broken) throw networkErrors('network.device.refused', { reason: '' });
    await this.database.query(CONFIGURE, [stepKey, ...rowOf(device, wanted)]);
  }

  async follows(device: DeviceRef, wanted: CpeState): Promise<boolean> {
    return (await this.database.query(FOLLOWS, rowOf(device, wanted))).length > 0;
  }
}

function rowOf(device: DeviceRef, { wifiName, wifiPassword, bandSteering }: CpeState): unknown[] {
  const digest = createHash('sha256').update(`${device.id}:${wifiPassword}`).digest('hex');
  return [device.id, wifiName, digest, bandSteering];
}
