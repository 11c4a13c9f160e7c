import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type AskedDays, LocalDays } from '../figures/local-days.js';
import { SAMPLES_KEPT_DAYS } from './sample-bandwidth.usecase.js';

/** Rates in bits per second, of one direction. */
export interface RateFigures {
  /** The fastest five minutes. */
  readonly peak: number;
  readonly average: number;
  /** Over the hours from 0:00 to 6:00 of the partner's clock. */
  readonly offPeakAverage: number;
  /** As sold; null for what has no rate. */
  readonly rate: number | null;
  /** Average and peak as a share of the rate, in percent. */
  readonly averageUtilisation: number | null;
  readonly peakUtilisation: number | null;
}

export interface BandwidthView {
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  /** Periods of five minutes, those without traffic included, those to come not. */
  readonly samples: number;
  readonly download: RateFigures;
  readonly upload: RateFigures;
  /** Bits per second: of all samples, each the greater of both directions, the fastest after the top 5 % are gone. */
  readonly percentile95: number;
  /** Samples above 90 % of the rate in either direction. */
  readonly bursts: number;
  /** Times that a limit took effect. */
  readonly throttlings: number;
}

interface Row {
  readonly samples: number;
  readonly offPeakSamples: number;
  readonly peakIn: number;
  readonly peakOut: number;
  readonly sumIn: number;
  readonly sumOut: number;
  readonly offPeakIn: number;
  readonly offPeakOut: number;
  readonly percentile95: number;
  readonly bursts: number;
  readonly throttlings: number;
}

const FIGURES = statement(
  'bandwidth-figures',
  `WITH slots AS MATERIALIZED (
     SELECT count(*)::integer AS samples, count(*) FILTER (WHERE extract(hour FROM at AT TIME ZONE $4) < 6)::integer AS off_peak
       FROM generate_series(date_bin('5 minutes', $2::timestamptz + interval '299.999999 seconds', 'epoch'), $3::timestamptz - interval '5 minutes', interval '5 minutes') s (at)),
   found AS MATERIALIZED (
     SELECT b.input_octets AS input, b.output_octets AS output, extract(hour FROM b.at AT TIME ZONE $4) < 6 AS off_peak
       FROM bandwidth_samples b WHERE b.service_id = $1 AND b.at >= $2 AND b.at <= $3::timestamptz - interval '5 minutes')
   SELECT s.samples, s.off_peak AS "offPeakSamples", coalesce(max(f.input), 0)::float8 AS "peakIn", coalesce(max(f.output), 0)::float8 AS "peakOut",
          coalesce(sum(f.input), 0)::float8 AS "sumIn", coalesce(sum(f.output), 0)::float8 AS "sumOut",
          coalesce(sum(f.input) FILTER (WHERE f.off_peak), 0)::float8 AS "offPeakIn", coalesce(sum(f.output) FILTER (WHERE f.off_peak), 0)::float8 AS "offPeakOut",
          coalesce((SELECT greatest(input, output) FROM found ORDER BY 1 DESC OFFSET s.samples / 20 LIMIT 1), 0)::float8 AS percentile95,
          count(*) FILTER (WHERE f.output * 8.0 / 300 > $5::float8 * 0.9 OR f.input * 8.0 / 300 > $6::float8 * 0.9)::integer AS bursts,
          (SELECT count(*)::integer FROM throttling_events t WHERE t.service_id = $1 AND t.at >= $2 AND t.at < $3 AND t.action <> 'none') AS throttlings
     FROM slots s LEFT JOIN found f ON true GROUP BY s.samples, s.off_peak`,
);

const MBIT = 1_000_000;

/** How fast a service was used. */
@Injectable()
export class BandwidthQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly days: LocalDays,
  ) {}

  /**
   * Figures over at most 90 days, which is how long samples are kept.
   * @throws `services.service.not_found` `usage.period.backwards` `usage.period.too_long`
   */
  async ofService(actor: Actor, serviceId: number, asked: AskedDays): Promise<BandwidthView> {
    const { partnerId, downloadMbps, uploadMbps } = await this.services.get(actor, serviceId);
    const range = await this.days.range(partnerId, asked, SAMPLES_KEPT_DAYS);
    const now = this.days.now();
    const ends = range.endsAt < now ? range.endsAt : now;
    const rates = [downloadMbps, uploadMbps].map((mbps) => (mbps === null ? null : mbps * MBIT));
    const [downloadRate = null, uploadRate = null] = rates;
    const values = [serviceId, range.startsAt, ends, range.timeZone, downloadRate, uploadRate];
    const row = (await this.uow.read(actor, (tx) => tx.one<Row>(FIGURES, values))) as Row;
    const { samples, offPeakSamples, bursts, throttlings } = row;
    const counts = { samples, offPeakSamples };
    return {
      timeZone: range.timeZone,
      from: range.from,
      to: range.to,
      samples,
      download: figuresOf({ ...counts, peak: row.peakOut, sum: row.sumOut, offPeak: row.offPeakOut }, downloadRate),
      upload: figuresOf({ ...counts, peak: row.peakIn, sum: row.sumIn, offPeak: row.offPeakIn }, uploadRate),
      percentile95: bitsPerSecond(row.percentile95, 1),
      bursts,
      throttlings,
    };
  }
}

interface Octets {
  readonly samples: number;
  readonly offPeakSamples: number;
  readonly peak: number;
  readonly sum: number;
  readonly offPeak: number;
}

function figuresOf({ samples, offPeakSamples, peak, sum, offPeak }: Octets, rate: number | null): RateFigures {
  const figures = { peak: bitsPerSecond(peak, 1), average: bitsPerSecond(sum, samples) };
  const share = (bits: number): number | null => (rate === null ? null : Math.round((bits / rate) * 10_000) / 100);
  const shares = { averageUtilisation: share(figures.average), peakUtilisation: share(figures.peak) };
  return { ...figures, ...shares, offPeakAverage: bitsPerSecond(offPeak, offPeakSamples), rate };
}

const bitsPerSecond = (octets: number, samples: number): number =>
  samples === 0 ? 0 : Math.round((octets * 8) / (samples * 300));
