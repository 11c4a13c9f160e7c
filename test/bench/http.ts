import { PARTNERS, type Place } from './place.js';
import type { BareOrder } from './bare-http.js';
import { RARE } from './data.js';
import type { Load, LoadResult } from './load.js';
import { type Figure, interleave, median, number, ratioOf } from './measure.js';
import { cpuMicros, Helper } from './processes.js';

const CONNECTIONS = 16;
/** As many as the rate limits of the enterprise tier (2,000 a minute each) ask for at the rates seen. */
const KEYS = { slow: 8, fast: 24 } as const;

interface Measured extends LoadResult {
  readonly perSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

export interface Bench {
  readonly place: Place;
  readonly load: Helper<Load, LoadResult>;
  readonly seconds: number;
  readonly rounds: number;
}

export type Target = Omit<Load, 'connections' | 'seconds'> & { readonly pid: number; readonly status: number };

async function run(
  { place, load, seconds }: Bench,
  { pid, status, ...target }: Target,
  connections = CONNECTIONS,
): Promise<Measured> {
  const before = [cpuMicros(pid), cpuMicros(place.postgres.pid)] as const;
  const result = await load.ask({ ...target, connections, seconds });
  const after = [cpuMicros(pid), cpuMicros(place.postgres.pid)] as const;
  const wrong = Object.keys(result.statuses).filter((code) => Number(code) !== status);
  if (wrong.length > 0)
    throw new Error(`${target.paths[0]}: ${JSON.stringify(result.statuses)} ${result.sample.slice(0, 300)}`);
  const each = (index: 0 | 1): number => (after[index] - before[index]) / result.answers;
  return { ...result, perSecond: result.answers / result.seconds, nodeMicros: each(0), postgresMicros: each(1) };
}

/** Ours and the bare server in turn; the ratio of answers a second. */
export async function compare(
  bench: Bench,
  what: string,
  atLeast: number | undefined,
  ours: Target,
  bare: Target,
): Promise<Figure> {
  for (const target of [ours, bare]) await run({ ...bench, seconds: 1 }, target);
  const measured = await interleave(bench.rounds, { ours: () => run(bench, ours), bare: () => run(bench, bare) });
  const of = (
    side: 'ours' | 'bare',
    key: 'perSecond' | 'p50' | 'p99' | 'nodeMicros' | 'postgresMicros' | 'cpuMicros',
  ): number => median(measured[side].map((one) => one[key]));
  const ratio = ratioOf(
    measured.ours.map((one) => one.perSecond),
    measured.bare.map((one) => one.perSecond),
  );
  const text = (side: 'ours' | 'bare'): string =>
    `${number(of(side, 'perSecond'))}/s, p50 ${number(of(side, 'p50'))} ms, p99 ${number(of(side, 'p99'))} ms, ${number(of(side, 'nodeMicros'))} + ${number(of(side, 'postgresMicros'))} µs`;
  const generator = median([...measured.ours, ...measured.bare].map((one) => one.cpuMicros / 1e6 / one.seconds));
  console.log(
    `${what}: ratio ${ratio.toFixed(2)} (ours ${text('ours')}; bare ${text('bare')}; the generator used ${(generator * 100).toFixed(0)} % of a core)`,
  );
  return {
    what,
    ours: text('ours'),
    bare: text('bare'),
    ratio: ratio.toFixed(2),
    target: atLeast === undefined ? '' : `≥ ${atLeast}`,
    met: atLeast === undefined ? undefined : ratio >= atLeast,
  };
}

export async function listFigures(bench: Bench): Promise<Figure[]> {
  const { place } = bench;
  const [api, bare] = await Promise.all([place.app('api'), Helper.start<BareOrder, string>('bare-http.ts')]);
  try {
    const bareUrl = await bare.ask({
      listUrl: place.postgres.url('isp', 'isp_super'),
      writeUrl: place.postgres.appUrl,
    });
    const keysOf = async (partner: number, count: number) =>
      (await place.apiKeys(partner, count, ['customer.read'])).map((key) => ({ 'x-api-key': key }));
    const keys = {
      large: await keysOf(PARTNERS.large, KEYS.slow),
      small: await keysOf(PARTNERS.small, KEYS.fast),
      all: await keysOf(PARTNERS.operator, KEYS.slow),
    };
    const ours = (query: string, headers: Target['headers']): Target => ({
      ...{ origin: api.url, method: 'GET', paths: [`/v1/customers?${query}`], headers, pid: api.pid, status: 200 },
    });
    const theirs = (query: string, partner: number): Target => ({
      ...{
        origin: bareUrl,
        method: 'GET',
        paths: [`/partners/${partner}/customers?${query}`],
        headers: [{}],
        pid: bare.pid,
        status: 200,
      },
    });
    const figures = [
      await compare(
        bench,
        'List, page 1, partner of 250,000',
        0.6,
        ours('page=1', keys.large),
        theirs('page=1', PARTNERS.large),
      ),
      await compare(bench, 'List, page 1, operator over 1,000,000', 0.6, ours('page=1', keys.all), theirs('page=1', 0)),
      await compare(
        bench,
        'List, page 1, partner of 1,000',
        undefined,
        ours('page=1', keys.small),
        theirs('page=1', PARTNERS.small),
      ),
    ];
    return [
      ...figures,
      ...(await pageFigures(bench, 'partner of 250,000', (query) => ours(query, keys.large))),
      ...(await pageFigures(bench, 'operator over 1,000,000', (query) => ours(query, keys.all))),
    ];
  } finally {
    await Promise.all([api.stop(), bare.stop()]);
  }
}

/** Deep pages and searches against the first page: one caller at a time, the time of an answer. */
async function pageFigures(bench: Bench, who: string, ours: (query: string) => Target): Promise<Figure[]> {
  const short = { ...bench, seconds: 1 };
  const one = (query: string) => () => run(short, ours(query), 1);
  const search = (term: string): (() => Promise<Measured>) => one(`search=${encodeURIComponent(term)}`);
  const measured = await interleave(bench.rounds, {
    'page 1': one('page=1'),
    'page 10,000': one('page=10000'),
    'search, rare name': search('oppenheimer-z'),
    'search, first and last name': search('maria garcia'),
    'search, common last name': search('smith'),
    'search, phone number': search(RARE.phone),
    'search, e-mail': search(RARE.email),
    'search, two letters': search('mi'),
  });
  const base = measured['page 1'].map(({ p50 }) => p50);
  return Object.entries(measured)
    .filter(([name]) => name !== 'page 1')
    .map(([name, runs]) => {
      const times = ratioOf(
        runs.map(({ p50 }) => p50),
        base,
      );
      const p50 = median(runs.map((result) => result.p50));
      console.log(`${who}, ${name}: ${number(p50)} ms, ${times.toFixed(2)} of page 1 (${number(median(base))} ms)`);
      return {
        what: `${name}, ${who}`,
        ours: `p50 ${number(p50)} ms`,
        bare: `page 1: ${number(median(base))} ms`,
        ratio: times.toFixed(2),
        target: '≤ 3',
        met: times <= 3,
      };
    });
}

export async function createFigures(bench: Bench): Promise<Figure[]> {
  const { place } = bench;
  const [api, bare] = await Promise.all([place.app('api'), Helper.start<BareOrder, string>('bare-http.ts')]);
  try {
    const bareUrl = await bare.ask({
      listUrl: place.postgres.url('isp', 'isp_super'),
      writeUrl: place.postgres.appUrl,
    });
    const partners = PARTNERS.others;
    const keys = await Promise.all(
      partners.map((partner) => place.apiKeys(partner, Math.ceil(KEYS.fast / partners.length), ['customer.create'])),
    );
    const content = { 'content-type': 'application/json', 'idempotency-key': 'bench-{n}' };
    const body = JSON.stringify({
      ...{ name: 'Maria Garcia', email: 'maria.{n}@new.example', phone: '+12025550123' },
      address: { street: '1 Main St', city: 'Springfield', state: 'IL', zip: '62701', country: 'US' },
    });
    const common = { method: 'POST', body, status: 201 } as const;
    const headers =
      keys[0]?.flatMap((_, index) =>
        keys.map((ofPartner) => ({ ...content, 'x-api-key': ofPartner[index] as string })),
      ) ?? [];
    const ours: Target = { ...common, origin: api.url, paths: ['/v1/customers'], headers, pid: api.pid };
    const paths = partners.map((partner) => `/partners/${partner}/customers`);
    const theirs: Target = { ...common, origin: bareUrl, paths, headers: [content], pid: bare.pid };
    return [await compare(bench, 'Create a customer, 8 partners', 0.5, ours, theirs)];
  } finally {
    await Promise.all([api.stop(), bare.stop()]);
  }
}
