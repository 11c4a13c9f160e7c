import { expect, it } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { countedWhenScraped } from './metrics.js';

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
