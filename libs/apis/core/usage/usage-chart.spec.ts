import { describe, expect, it } from '@jest/globals';
import type { UsageView } from '@isp/domain/usage';
import { bytesText, usageChart } from './usage-chart.js';

const figures = (download: number, upload: number) => ({ download, upload, ipv6Download: 0, ipv6Upload: 0 });
const view = (days: readonly (readonly [number, number])[]): UsageView => ({
  timeZone: 'Europe/Oslo',
  from: '2025-01-01',
  to: '2025-01-31',
  granularity: 'day',
  periods: days.map(([download, upload], index) => ({
    period: `2025-01-${String(index + 1).padStart(2, '0')}`,
    ...figures(download, upload),
  })),
  total: figures(
    days.reduce((sum, [download]) => sum + download, 0),
    days.reduce((sum, [, upload]) => sum + upload, 0),
  ),
});

describe('bytes in words', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_250_000, '1.25 MB'],
    [52_428_800_000, '52.4 GB'],
    [100_000_000_000, '100 GB'],
    [1e12, '1 TB'],
  ])('%d is %s', (bytes, words) => expect(bytesText(bytes)).toBe(words));
});

describe('a chart of usage', () => {
  it('has a bar a period, whose parts are to scale and do not overlap', () => {
    const picture = usageChart(
      'Service 7',
      view([
        [3e9, 1e9],
        [0, 0],
        [2e9, 0],
      ]),
      'light',
    );
    expect(picture.match(/<g class="bar">/g)).toHaveLength(3);
    const parts = [
      ...picture.matchAll(/<rect class="(down|up)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"\/>/g),
    ];
    expect(parts.map(([, kind]) => kind)).toEqual(['down', 'up', 'down']);
    const [down, up, alone] = parts.map(([, , y, height]) => [Number(y), Number(height)] as const);
    expect((up?.[0] ?? 0) + (up?.[1] ?? 0)).toBeCloseTo(down?.[0] ?? -1, 1);
    expect((down?.[1] ?? 0) / (alone?.[1] ?? 1)).toBeCloseTo(1.5, 1);
    expect(picture).toContain('<title>2025-01-01: 3 GB down, 1 GB up</title>');
  });

  it('says that there was nothing', () => {
    expect(usageChart('Service 7', view([[0, 0]]), 'auto')).toContain('No traffic');
    expect(usageChart('Service 7', view([]), 'auto')).not.toContain('NaN');
  });

  it('is dark where it is told to be, and where it may choose', () => {
    const [light, dark, auto] = (['light', 'dark', 'auto'] as const).map((theme) =>
      usageChart('Service 7', view([[1, 1]]), theme),
    );
    expect([light, dark, auto].map((one) => one?.includes('prefers-color-scheme'))).toEqual([false, false, true]);
    expect([light?.includes('.back{fill:#fff}'), dark?.includes('.back{fill:#fff}')]).toEqual([true, false]);
  });

  it('takes no text for markup', () => {
    expect(usageChart('<script>&"', view([]), 'light')).not.toMatch(/<script|&"/);
  });
});
