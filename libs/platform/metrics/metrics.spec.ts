import { expect, it } from '@jest/globals';
import { QUEUES } from '@isp/contracts';
import { systemClock } from '@isp/kernel';
import { Gauge, Registry } from 'prom-client';
import { type Database, DatabaseClock } from '@isp/platform/database';
import { Metrics, type WorkFigures, countedWhenScraped } from './metrics.js';

it('counts once for all who scrape at a moment, and tells the rest when it cannot', async () => {
  const registers = [new Registry()];
  const [counted, beside, other] = ['counted', 'beside', 'other'].map(
    (name) => new Gauge({ name, help: name, registers }),
  ) as [Gauge, Gauge, Gauge];
  other.set(7);
  let away = false;
  let counts = 0;
  countedWhenScraped([counted, beside], async () => {
    counts += 1;
    await Promise.resolve();
    if (away) throw new Error('the database is away');
    counted.set(counts);
    beside.set(counts);
  });
  const scrape = async () => (await registers[0]?.metrics())?.match(/^\w+ \d+$/gm);
  expect(await Promise.all([scrape(), scrape()])).toEqual([
    ['counted 1', 'beside 1', 'other 7'],
    ['counted 1', 'beside 1', 'other 7'],
  ]);
  away = true;
  expect(await scrape()).toEqual(['other 7']);
  away = false;
  expect(await scrape()).toEqual(['counted 3', 'beside 3', 'other 7']);
});

it('tells of every queue, also of one that is empty', async () => {
  const found: WorkFigures[] = [{ queue: 'events', status: 'queued', items: 3, lag: 2 }];
  const clock = new DatabaseClock();
  await clock.follow(() => Promise.resolve(systemClock.now().getTime() - 90_000));
  clock.onApplicationShutdown();
  const { registry } = new Metrics({ query: () => Promise.resolve(found) } as unknown as Database, clock);
  const text = await registry.metrics();
  const told = (line: string) => text.split('\n').includes(line);
  expect(
    told('isp_work_items{queue="events",status="queued"} 3') && told('isp_work_lag_seconds{queue="events"} 2'),
  ).toBe(true);
  expect(Number(/^isp_machine_clock_ahead_seconds (\S+)$/m.exec(text)?.[1])).toBeCloseTo(90, 0);
  for (const queue of QUEUES.filter((name) => name !== 'events'))
    expect([
      queue,
      told(`isp_work_items{queue="${queue}",status="dead"} 0`),
      told(`isp_work_lag_seconds{queue="${queue}"} 0`),
    ]).toEqual([queue, true, true]);
});
