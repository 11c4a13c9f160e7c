import { Injectable, Optional } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Metrics, countedWhenScraped } from '@isp/platform/metrics';
import { Gauge } from 'prom-client';
import { DRIFT_KINDS } from './drift.view.js';

const OPEN = statement(
  'drifts-by-kind',
  'SELECT kind, count(*)::integer AS drifts FROM network_drifts WHERE repaired_at IS NULL GROUP BY kind',
);

/** `isp_network_drift`: open differences by kind, counted when it is scraped. */
@Injectable()
export class DriftGauge {
  constructor(
    private readonly uow: UnitOfWork,
    @Optional() metrics?: Metrics,
  ) {
    if (!metrics) return;
    const gauge = new Gauge({
      name: 'isp_network_drift',
      help: 'Differences between the network and what is wanted of it, by kind',
      labelNames: ['kind'],
      registers: [metrics.registry],
    });
    countedWhenScraped([gauge], () => this.count(gauge));
  }

  private async count(gauge: Gauge<'kind'>): Promise<void> {
    const rows = await this.uow.read(systemActor('metrics'), (tx) => tx.query<{ kind: string; drifts: number }>(OPEN));
    for (const kind of DRIFT_KINDS) gauge.set({ kind }, 0);
    for (const { kind, drifts } of rows) gauge.set({ kind }, drifts);
  }
}
