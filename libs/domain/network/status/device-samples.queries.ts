import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';

/** Lengths of time that samples are put together by; of `raw` each stands for itself (no two are of one microsecond). */
const STRIDES = { raw: '1 microsecond', '5m': '5 minutes', '1h': '1 hour', '1d': '1 day' } as const;
export type SampleResolution = keyof typeof STRIDES;
export const SAMPLE_RESOLUTIONS = Object.keys(STRIDES) as [SampleResolution, ...SampleResolution[]];
/** Days that samples are kept. */
export const SAMPLES_KEPT_DAYS = 14;
/** Days that is kept what an hour's questions came to: the months of two years, and one to look at them. */
export const PROBES_KEPT_DAYS = 762;

const FIGURES = {
  rxPowerDbm: 'rx_power_dbm',
  txPowerDbm: 'tx_power_dbm',
  oltRxPowerDbm: 'olt_rx_power_dbm',
  temperatureCelsius: 'temperature_celsius',
} as const;
export type SampledFigure = keyof typeof FIGURES;

// float8 of a real shows digits that were never measured: by way of text it is what was written.
const spreadOf = (column: string): string =>
  `CASE WHEN count(${column}) > 0 THEN json_build_object('min', min(${column})::text::float8,
     'average', round(avg(${column})::numeric, 3)::float8, 'max', max(${column})::text::float8) END`;
const COLUMNS = Object.entries(FIGURES).map(([name, column]) => `${spreadOf(column)} AS "${name}"`);
// Days and hours are those of UTC. The key is (device_id, at): a window is one range of it.
const BUCKET = `date_bin($4::interval, at, '2000-01-01T00:00:00Z')`;
const WINDOW = `FROM device_samples WHERE device_id = $1 AND at < coalesce($3::timestamptz, now())
  AND at >= coalesce($2::timestamptz, coalesce($3::timestamptz, now()) - interval '1 day')`;
const LIST = statement(
  'device-samples-list',
  `SELECT ${BUCKET} AS at, count(*)::integer AS samples, round(avg(online::integer), 4)::float8 AS online, ${COLUMNS.join(', ')}
     ${WINDOW} GROUP BY 1 ORDER BY 1 DESC LIMIT $5 OFFSET $6`,
);
const COUNT = statement(
  'device-samples-count',
  `SELECT count(DISTINCT ${BUCKET})::integer AS total, EXISTS (SELECT FROM devices WHERE id = $1) AS known ${WINDOW}`,
);

/** What a figure was between two instants. */
export interface Spread {
  readonly min: number;
  readonly average: number;
  readonly max: number;
}

/** What was seen of a device from `at` on for one length of time; a figure that was never told is null. */
export type SampleView = Readonly<Record<SampledFigure, Spread | null>> & {
  readonly at: Date;
  readonly samples: number;
  /** Share of the samples, from 0 to 1, in which it was online; null when none says. */
  readonly online: number | null;
};

export interface SampleWindow {
  /** A day before `to` when absent. */
  readonly from?: Date | undefined;
  /** Not itself in the window; now when absent. */
  readonly to?: Date | undefined;
  readonly resolution: SampleResolution;
}

/** What the poller has seen of devices. */
@Injectable()
export class DeviceSamples {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. @throws `network.device.not_found` */
  list(actor: Actor, deviceId: number, window: SampleWindow, { limit, offset }: { limit: number; offset: number }) {
    const values = [deviceId, window.from ?? null, window.to ?? null, STRIDES[window.resolution]];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<SampleView>(LIST, [...values, limit, offset]),
        tx.one<{ total: number; known: boolean }>(COUNT, values),
      ]);
      if (!count?.known) throw networkErrors('network.device.not_found');
      return { rows, total: count.total };
    });
  }
}
