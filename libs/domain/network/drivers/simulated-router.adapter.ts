import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { Database, NOT_WAITED_FOR, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import type { DeviceRef, PlannedChange, SubscriberDriver, SubscriberState } from './device-driver.port.js';
import { plannedChanges } from './planned-changes.js';

const APPLY = statement(
  'simulated-apply',
  `WITH asked AS (
     INSERT INTO simulated_network.effects (step_key, router_id, operation, subscriber) VALUES ($1, $2, 'apply', $3)
     ON CONFLICT (step_key) DO UPDATE SET times_asked = simulated_network.effects.times_asked + 1
     RETURNING times_asked)
   INSERT INTO simulated_network.subscribers (router_id, username, state)
   SELECT $2, $3, $4 FROM asked, ${NOT_WAITED_FOR} WHERE times_asked = 1
   ON CONFLICT (router_id, username) DO UPDATE SET state = excluded.state`,
);
const READ_BACK = statement(
  'simulated-read-back',
  'SELECT state FROM simulated_network.subscribers WHERE router_id = $1 AND username = $2',
);

const REMOVE = statement(
  'simulated-remove',
  `WITH asked AS (
     INSERT INTO simulated_network.effects (step_key, router_id, operation, subscriber) VALUES ($1, $2, 'remove', $3)
     ON CONFLICT (step_key) DO UPDATE SET times_asked = simulated_network.effects.times_asked + 1
     RETURNING times_asked)
   DELETE FROM simulated_network.subscribers s USING asked, ${NOT_WAITED_FOR}
    WHERE s.router_id = $2 AND s.username = $3 AND asked.times_asked = 1`,
);

type Fault = (signal: AbortSignal) => Promise<void>;

/** What a router with `settings.fault` does instead of its work. */
const FAULTS: Readonly<Record<string, Fault>> = {
  /** Refuses. */
  error: () => Promise.reject(networkErrors('network.device.refused')),
  /** Never answers; the caller has to give up. */
  silence: (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  /** Takes the whole process down: what a driver with a fatal defect would do. */
  exit: () => process.exit(1),
};

/**
 * A router that exists in tables of its own: it remembers what it was told, carries each step key out once, takes
 * `settings.latency_ms` per call, half of it before the change and half before the answer, and in a sandbox misbehaves
 * as `settings.fault` says (`error`, `silence`, `exit`). Written outside of business transactions, as a real device would be.
 */
@Injectable()
export class SimulatedRouter implements SubscriberDriver {
  readonly name = 'simulated';

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async apply(device: DeviceRef, stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void> {
    await this.delay(device, signal);
    await this.faultOf(device)?.(signal);
    await this.database.query(APPLY, [stepKey, device.id, wanted.username, JSON.stringify(wanted)]);
    await this.delay(device, signal);
  }

  async readBack(device: DeviceRef, username: string): Promise<SubscriberState | undefined> {
    const rows = await this.database.query<{ state: SubscriberState }>(READ_BACK, [device.id, username]);
    return rows[0]?.state;
  }

  async plan(device: DeviceRef, wanted: SubscriberState): Promise<readonly PlannedChange[]> {
    return plannedChanges(await this.readBack(device, wanted.username), wanted);
  }

  async remove(device: DeviceRef, stepKey: string, username: string, signal: AbortSignal): Promise<void> {
    await this.delay(device, signal);
    await this.faultOf(device)?.(signal);
    await this.database.query(REMOVE, [stepKey, device.id, username]);
    await this.delay(device, signal);
  }

  private async delay(device: DeviceRef, signal: AbortSignal): Promise<void> {
    const latency = Number(device.settings['latency_ms'] ?? 0);
    if (latency > 0) await sleep(latency / 2, undefined, { signal });
  }

  private faultOf(device: DeviceRef): Fault | undefined {
    return this.config.ISP_MODE === 'sandbox' ? FAULTS[String(device.settings['fault'])] : undefined;
  }
}
