import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { DeviceReader } from './device-reader.js';
import { RecordReadings } from './record-readings.usecase.js';
import { type ReadResult, StatusRepository } from './status.repository.js';
import type { ClaimedRow } from './status-target.js';

const ACTOR = systemActor('network');
/** Questions under way at once in one share of the work, and of those to one and the same device (an OLT). */
export const IN_FLIGHT = 100;
const PER_ASKED = 8;
/** Results are written together, at the latest after so long. */
const BATCH = 50;
const BATCH_MS = 500;
/** A silent OLT is not asked about its other ONTs for so long: they would fill every place with waiting. */
const SILENCE_MS = 10_000;

/** What becomes due while devices are being waited for is looked for so often; a shift ends, and another takes over. */
const LOOK_MS = 1_000;
const SHIFT_MS = 60_000;

interface Run {
  readonly flight: Set<Promise<void>>;
  readonly waiting: ClaimedRow[];
  /** Questions under way, by the device that is asked. */
  readonly busy: Map<number, number>;
  readonly results: ReadResult[];
  asked: number;
  /** When results were written last (monotonic). */
  flushed: number;
}

export interface PollOutcome {
  readonly asked: number;
}

/**
 * Asks every device that is due, as many at once as there are places; a place is free again as soon as its device has
 * answered or was given up, so that dead devices do not hold up live ones. Any number of workers share: a device is
 * claimed by one of them, and what a claim that was overtaken brings is not written.
 */
@Injectable()
export class PollDevices {
  /** When a device that is asked about others was last found silent (monotonic). */
  private readonly silent = new Map<number, number>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly status: StatusRepository,
    private readonly reader: DeviceReader,
    private readonly record: RecordReadings,
  ) {}

  async execute(signal: AbortSignal, places = IN_FLIGHT): Promise<PollOutcome> {
    const began = monotonicMs();
    const run: Run = { flight: new Set(), waiting: [], busy: new Map(), results: [], asked: 0, flushed: began };
    const look = { at: -Infinity, found: 0 };
    do {
      if (signal.aborted || monotonicMs() - began > SHIFT_MS) look.found = 0;
      else await this.look(run, look, places);
      this.launch(run, places, signal);
      if (run.flight.size > 0) await Promise.race([...run.flight, sleep(LOOK_MS, undefined, { ref: false })]);
      await this.flush(run);
      // Those that answered while others were written are written too.
    } while (run.flight.size > 0 || run.waiting.length > 0 || run.results.length > 0 || look.found > 0);
    return { asked: run.asked };
  }

  /** Claims as many devices as there are places; when there were none the last time, only every second. */
  private async look(run: Run, last: { at: number; found: number }, places: number): Promise<void> {
    const free = run.waiting.length < places * 4 ? places - run.flight.size : 0;
    if (free === 0 || (last.found === 0 && monotonicMs() - last.at < LOOK_MS)) return;
    last.at = monotonicMs();
    const rows = await this.uow.run(ACTOR, () => this.status.claim(free));
    last.found = rows.length;
    run.waiting.push(...rows);
  }

  private async flush(run: Run): Promise<void> {
    const late = monotonicMs() - run.flushed > BATCH_MS || run.flight.size === 0;
    if (run.results.length === 0 || (run.results.length < BATCH && !late)) return;
    await this.record.execute(run.results.splice(0));
    run.flushed = monotonicMs();
  }

  private launch(run: Run, places: number, signal: AbortSignal): void {
    for (const row of takeReady(run, places)) {
      run.asked += 1;
      const question = this.ask(row, signal).then((result) => {
        run.flight.delete(question);
        count(run.busy, row, -1);
        run.results.push(result);
      });
      run.flight.add(question);
    }
  }

  private async ask(row: ClaimedRow, signal: AbortSignal): Promise<ReadResult> {
    const behind = row.olt?.id;
    const since = behind === undefined ? undefined : this.silent.get(behind);
    if (since !== undefined && monotonicMs() - since < SILENCE_MS) {
      const { id: deviceId, claim } = row;
      return {
        deviceId,
        claim,
        outcome: 'unobservable',
        reading: null,
        error: 'network.device.unobservable',
        elapsedMs: 0,
      };
    }
    const result = await this.reader.read(row, signal);
    if (behind !== undefined) {
      if (result.error === 'network.device.silent') this.silent.set(behind, monotonicMs());
      else this.silent.delete(behind);
    }
    return result;
  }
}

const askedOf = (row: ClaimedRow): number => row.olt?.id ?? row.id;

function count(busy: Map<number, number>, row: ClaimedRow, by: number): void {
  const left = (busy.get(askedOf(row)) ?? 0) + by;
  if (left > 0) busy.set(askedOf(row), left);
  else busy.delete(askedOf(row));
}

/** Takes out of what waits what may be asked now: at most `PER_ASKED` questions to one device at once. */
function takeReady({ waiting, busy, flight }: Run, places: number): ClaimedRow[] {
  const ready: ClaimedRow[] = [];
  const later: ClaimedRow[] = [];
  for (const row of waiting) {
    const fits = flight.size + ready.length < places && (busy.get(askedOf(row)) ?? 0) < PER_ASKED;
    if (fits) count(busy, row, 1);
    (fits ? ready : later).push(row);
  }
  waiting.splice(0, waiting.length, ...later);
  return ready;
}
