import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { pendingMigrations, Database } from '@isp/platform/database';
import { Metrics } from '@isp/platform/metrics';
import { Carriers } from '@isp/platform/work';
import { Operation } from '../operation.js';
import { Lifecycle } from './lifecycle.js';

/** Seconds that due work may wait before the process calls itself unready to be trusted with more. */
const LAG_LIMIT_SECONDS = 300;

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
    private readonly database: Database,
    private readonly carriers: Carriers,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Operation({ access: 'public', unlimited: true, summary: 'The process runs' })
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Operation({ access: 'public', unlimited: true, summary: 'The process can do its work' })
  ready() {
    return this.health.check([
      () => this.check('process', async () => (this.lifecycle.draining ? { down: 'shutting down' } : {})),
      () => this.check('migrations', async () => ({ pending: await pendingMigrations(this.database.pool) })),
      () => this.check('queue', async () => this.carriers.ping().then(() => ({}))),
      () => this.check('work', () => this.workLag()),
    ]);
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Operation({ access: 'public', unlimited: true, summary: 'Figures for Prometheus' })
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  private async workLag(): Promise<Record<string, unknown>> {
    const figures = await this.metrics.work();
    const lag = Math.max(0, ...figures.filter(({ status }) => status === 'queued').map((row) => row.lag));
    const dead = figures.filter(({ status }) => status === 'dead').reduce((sum, row) => sum + row.items, 0);
    return {
      lag_seconds: Math.round(lag),
      dead,
      ...(lag > LAG_LIMIT_SECONDS ? { down: 'work is not being done' } : {}),
    };
  }

  private async check(name: string, probe: () => Promise<Record<string, unknown>>) {
    const result = this.indicator.check(name);
    try {
      const found = await probe();
      const bad = 'down' in found || Number(found['pending'] ?? 0) > 0;
      return bad ? result.down(found) : result.up(found);
    } catch {
      return result.down({ reason: 'out of reach' });
    }
  }
}
