import { loadavg } from 'node:os';

/** One line of the report. */
export interface Figure {
  readonly what: string;
  readonly ours: string;
  readonly bare: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Runs all parts one after the other, round by round, so that what else the machine does meets all of them alike. */
export async function interleave<T extends string, R>(
  rounds: number,
  parts: Readonly<Record<T, () => Promise<R>>>,
): Promise<Record<T, R[]>> {
  const results = Object.fromEntries(Object.keys(parts).map((name) => [name, []])) as unknown as Record<T, R[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(parts) as T[]) results[name].push(await parts[name]());
  }
  return results;
}

/** The median of the ratios of neighbours in time. */
export function ratioOf(ours: readonly number[], bare: readonly number[]): number {
  return median(ours.map((value, round) => value / (bare[round] as number)));
}

export function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function machineLoad(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

const HEAD = ['| what | ours | bare | ratio | target | | load |', '| --- | --- | --- | --- | --- | --- | --- |'];

/** A table of the figures; `load`: what else the machine did meanwhile. */
export function table(figures: readonly Figure[], load: string): string {
  const rows = figures.map(({ what, ours, bare, ratio, target, met }) => {
    const verdict = met === undefined ? '' : met ? 'met' : '**missed**';
    return `| ${what} | ${ours} | ${bare} | ${ratio} | ${target} | ${verdict} | ${load} |`;
  });
  return [...HEAD, ...rows].join('\n');
}

/** An earlier table with these rows in place of those that measured the same, and new ones at its end. */
export function renewed(earlier: string, fresh: string): string {
  const rowsOf = (text: string): string[] => text.split('\n').filter((line) => /^\| (?!what |-)/.test(line));
  const nameOf = (row: string): string => row.split('|')[1]?.trim() ?? '';
  const rows = new Map([...rowsOf(earlier), ...rowsOf(fresh)].map((row) => [nameOf(row), row]));
  return [...HEAD, ...rows.values()].join('\n');
}
