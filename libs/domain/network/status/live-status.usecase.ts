import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { toIsoSeconds } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { DeviceReader } from './device-reader.js';
import type { DeviceStatusView } from './device-status.view.js';
import { RecordReadings } from './record-readings.usecase.js';
import { StatusRepository } from './status.repository.js';
import type { ClaimedRow } from './status-target.js';

const ACTOR = systemActor('network');
const CODES = ['network.device.garbled', 'network.device.login_refused', 'network.device.refused'] as const;

/**
 * Asks a device now and keeps the answer. Callers of one process who come while it is being asked share the answer;
 * across processes a device is asked at most every 5 seconds. Answers, or throws, within 15 seconds and a little.
 */
@Injectable()
export class LiveStatus {
  private readonly flights = new Map<number, Promise<void>>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly status: StatusRepository,
    private readonly reader: DeviceReader,
    private readonly record: RecordReadings,
  ) {}

  /**
   * @throws `network.device.silent` with the time of the last known state, `….asked_too_often`, `….not_asked`,
   * `….garbled`, `….login_refused`, `….refused`, `….misconfigured`
   */
  execute(known: DeviceStatusView): Promise<void> {
    const { deviceId } = known;
    const under = this.flights.get(deviceId);
    if (under) return under;
    const flight = this.uow.outside(() => this.ask(known)).finally(() => this.flights.delete(deviceId));
    this.flights.set(deviceId, flight);
    return flight;
  }

  private async ask(known: DeviceStatusView): Promise<void> {
    const result = await this.reader.read(await this.claim(known.deviceId));
    await this.record.execute([result]);
    if (result.reading !== null || result.error === null) return;
    const details = [{ field: 'last_updated', message: known.readAt ? toIsoSeconds(known.readAt) : 'never' }];
    const code = CODES.find((one) => one === result.error);
    if (code) throw networkErrors(code, {}, { details });
    if (result.error === 'network.device.misconfigured')
      throw networkErrors('network.device.misconfigured', { reason: 'see its settings, model and credentials' });
    throw networkErrors('network.device.silent', {}, { details });
  }

  private claim(deviceId: number): Promise<ClaimedRow> {
    return this.uow.run(ACTOR, async () => {
      const row = await this.status.claimLive(deviceId);
      if (row) return row;
      const { asked, seconds } = await this.status.waitOf(deviceId);
      if (!asked) throw networkErrors('network.device.not_asked');
      throw networkErrors('network.device.asked_too_often', {}, { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) });
    });
  }
}
