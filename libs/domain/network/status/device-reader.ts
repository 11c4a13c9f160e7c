import { Inject, Injectable } from '@nestjs/common';
import { DomainError, monotonicMs } from '@isp/kernel';
import { type DeviceReading, STATUS_DRIVERS, type StatusDriver } from '../drivers/status-driver.port.js';
import { networkErrors } from '../network.errors.js';
import type { ReadResult } from './status.repository.js';
import { type ClaimedRow, StatusTargets } from './status-target.js';

/** No device may take longer, whatever its driver does. */
const BUDGET_MS = 15_000;

/** Asks one device how it is. */
@Injectable()
export class DeviceReader {
  private readonly drivers: ReadonlyMap<string, StatusDriver>;

  constructor(
    @Inject(STATUS_DRIVERS) drivers: readonly StatusDriver[],
    private readonly targets: StatusTargets,
  ) {
    this.drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** The answer, or why there is none, after at most 15 s; it never rejects. */
  async read(row: ClaimedRow, signal?: AbortSignal): Promise<ReadResult> {
    const { id: deviceId, claim } = row;
    const asked = monotonicMs();
    const elapsed = (): number => monotonicMs() - asked;
    try {
      const reading = await this.ask(row, signal);
      const outcome = reading.online === false ? 'missed' : 'seen';
      const error = outcome === 'missed' ? 'network.device.offline' : null;
      return { deviceId, claim, outcome, reading, error, elapsedMs: elapsed() };
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'network.device.refused';
      // That an OLT says nothing is no news of the ONTs behind it; that nobody can ask is no news of anybody.
      const blind = row.olt !== null || code === 'network.device.misconfigured';
      return {
        deviceId,
        claim,
        outcome: blind ? 'unobservable' : 'missed',
        reading: null,
        error: code,
        elapsedMs: elapsed(),
      };
    }
  }

  private async ask(row: ClaimedRow, signal?: AbortSignal): Promise<DeviceReading> {
    const driver = this.drivers.get(row.driver);
    if (!driver) throw networkErrors('network.device.misconfigured', { reason: `there is no driver ${row.driver}` });
    const budget = AbortSignal.timeout(BUDGET_MS);
    const limit = signal ? AbortSignal.any([signal, budget]) : budget;
    const gaveUp = new Promise<never>((_, reject) =>
      limit.addEventListener('abort', () => reject(networkErrors('network.device.silent')), { once: true }),
    );
    return Promise.race([driver.read(this.targets.of(row), limit), gaveUp]);
  }
}
