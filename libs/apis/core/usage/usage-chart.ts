import type { UsageView } from '@isp/domain/usage';

/** `auto` follows what the reader's system prefers. */
export type ChartTheme = 'auto' | 'light' | 'dark';

const WIDTH = 960;
const HEIGHT = 360;
const PLOT = { left: 64, right: WIDTH - 24, top: 84, bottom: HEIGHT - 40 } as const;
const WIDEST_BAR = 44;
const MOST_LABELS = 12;
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
/** Steps of an axis that people read without calculating. */
const STEPS = [1, 2, 2.5, 5, 10];

interface Colours {
  readonly back: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly down: string;
  readonly up: string;
}
const LIGHT: Colours = {
  back: '#fff',
  ink: '#1f2933',
  soft: '#5f6c7b',
  grid: '#e4e8ee',
  down: '#2563eb',
  up: '#d97706',
};
const DARK: Colours = {
  back: '#10151f',
  ink: '#e6eaf0',
  soft: '#98a4b5',
  grid: '#273142',
  down: '#60a5fa',
  up: '#fbbf24',
};
const RULES =
  'text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.name{font-size:17px;font-weight:600}.sum{font-weight:600}' +
  '.hit{fill:none;pointer-events:all}';

// Plain rules, because what shows pictures outside browsers knows no CSS variables.
const coloured = ({ back, ink, soft, grid, down, up }: Colours): string =>
  `text{fill:${soft}}.name,.sum{fill:${ink}}.back{fill:${back}}.grid{stroke:${grid}}.down{fill:${down}}.up{fill:${up}}`;

function styleOf(theme: ChartTheme): string {
  const other = theme === 'auto' ? `@media (prefers-color-scheme:dark){${coloured(DARK)}}` : '';
  return `<style>${RULES}${coloured(theme === 'dark' ? DARK : LIGHT)}${other}</style>`;
}

/** Bytes in the largest decimal unit (1 GB = 10^9) that leaves a whole number before the point. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3 + 1e-9));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')} ${UNITS[power]}`;
}

/** Up to five equal steps from nought to at least `most`. */
function axisOf(most: number): number[] {
  const rough = Math.max(most, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((one) => one * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, index) => index * step);
}

const round = (value: number): number => Math.round(value * 100) / 100;
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}"${more}>${escaped(words)}</text>`;

/**
 * What a service carried, as a picture (SVG): a bar a period, download below, upload on top of it, with its figures
 * where the pointer rests. Nothing but text and numbers of ours is in it, and it refers to nothing outside.
 */
export function usageChart(name: string, view: UsageView, theme: ChartTheme): string {
  const { periods, total, from, to, timeZone } = view;
  const axis = axisOf(Math.max(0, ...periods.map(({ download, upload }) => download + upload)));
  const height = PLOT.bottom - PLOT.top;
  const scale = height / (axis.at(-1) as number);
  const y = (bytes: number): number => PLOT.bottom - bytes * scale;
  const summary = `${name}, ${from} to ${to}: ${bytesText(total.download)} down, ${bytesText(total.upload)} up`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(summary)}">`,
    styleOf(theme),
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    text(24, 32, name, ' class="name"'),
    text(PLOT.right, 32, `${from} – ${to} · ${timeZone}`, ' text-anchor="end"'),
    legend(total),
    ...axis.map(
      (value) =>
        `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(value))}" y2="${round(y(value))}"/>` +
        text(PLOT.left - 8, y(value) + 4, bytesText(value), ' text-anchor="end"'),
    ),
    ...bars(view, y),
    ...(total.download + total.upload === 0
      ? [text((PLOT.left + PLOT.right) / 2, (PLOT.top + PLOT.bottom) / 2, 'No traffic', ' text-anchor="middle"')]
      : []),
    '</svg>',
  ].join('');
}

function legend({ download, upload }: { readonly download: number; readonly upload: number }): string {
  const entry = (x: number, kind: string, word: string, bytes: number): string =>
    `<rect class="${kind}" x="${x}" y="47" width="12" height="12" rx="3"/>` +
    `<text x="${x + 18}" y="57">${word} <tspan class="sum">${bytesText(bytes)}</tspan></text>`;
  return entry(24, 'down', 'Download', download) + entry(200, 'up', 'Upload', upload);
}

function bars({ periods }: UsageView, y: (bytes: number) => number): string[] {
  const slot = (PLOT.right - PLOT.left) / Math.max(1, periods.length);
  const width = Math.min(WIDEST_BAR, Math.max(slot * 0.72, Math.min(slot, 1)));
  const every = Math.ceil(periods.length / MOST_LABELS);
  return periods.map(({ period, download, upload }, index) => {
    const middle = PLOT.left + slot * (index + 0.5);
    const part = (kind: string, from: number, to: number): string => {
      const [top, bottom] = [y(to), y(from)];
      if (bottom - top < 0.01) return '';
      const at = `x="${round(middle - width / 2)}" y="${round(top)}" width="${round(width)}"`;
      return `<rect class="${kind}" ${at} height="${round(bottom - top)}"/>`;
    };
    const area = `x="${round(middle - slot / 2)}" y="${PLOT.top}" width="${round(slot)}" height="${PLOT.bottom - PLOT.top}"`;
    const tip = `<title>${period}: ${bytesText(download)} down, ${bytesText(upload)} up</title>`;
    const label = index % every === 0 ? text(middle, PLOT.bottom + 18, labelOf(period), ' text-anchor="middle"') : '';
    return (
      `<g class="bar">${tip}<rect class="hit" ${area}/>` +
      `${part('down', 0, download)}${part('up', download, download + upload)}</g>${label}`
    );
  });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2025-01-29` as `29 Jan`, `2025-01` as `Jan 2025`. */
function labelOf(period: string): string {
  const [year = '', month = '1', day] = period.split('-');
  const name = MONTHS[Number(month) - 1] ?? month;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name}`;
}
