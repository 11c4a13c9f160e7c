import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';
import { API_LIMITS, sessionOptions } from '@isp/platform/database';
import pg from 'pg';
import pointInPolygon from 'point-in-polygon-hao';
import { type Figure, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';
import { type CorpusQuery, chance, corpusCsv, queriesFor } from './premise-corpus.js';
import { ROOT, cpuMicros } from './processes.js';

const ADDRESSES = Number(process.env['BENCH_ADDRESSES'] ?? 1_000_000);
const SEARCHES = 300;
const POLYGONS = Number(process.env['BENCH_POLYGONS'] ?? 50_000);
const POINTS = 3_000;
const MIB = 1024;

const percentile = (took: readonly number[], share: number): number =>
  [...took].sort((left, right) => left - right)[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
const ms = (value: number): string => `${number(value)} ms`;

/** Import, search and availability over a whole country of addresses. */
export async function premiseFigures({ place }: { readonly place: Place }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const measure of [importing, searching, availability])
    for (const figure of await measure(place)) {
      console.log(`${figure.what}: ${figure.ours} (${figure.target})`);
      figures.push(figure);
    }
  return figures;
}

/** Nothing but one statement of one row, over and over: what the machine is capable of at the moment. */
async function bareTrip(client: pg.Client): Promise<number> {
  const start = monotonicMs();
  await client.query({ name: 'bare-one', text: 'SELECT 1' });
  return monotonicMs() - start;
}

async function importing(place: Place): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'isp-import-'));
  const file = join(folder, 'addresses.csv');
  try {
    await pipeline(Readable.from(corpusCsv(ADDRESSES)), createWriteStream(file));
    const first = await runImport(place, file);
    await place.owner((client) => client.query('VACUUM ANALYZE premises'));
    await place.owner((client) => client.query('VACUUM ANALYZE premise_words'));
    const again = await runImport(place, file);
    const target = `≤ ${(300 * ADDRESSES) / 1_000_000} s`;
    const describe = (what: string, run: ImportRun): Figure => ({
      what: `${what} ${ADDRESSES.toLocaleString('en-US')} addresses`,
      ours: `${number(run.seconds)} s, ${number(run.nodeSeconds)} + ${number(run.postgresSeconds)} s of processor, ${run.mib.map(number).join(', ')} MiB a fifth of the time each, ${number(run.peakMib)} MiB at most`,
      bare: '',
      ratio: '',
      target,
      met: run.seconds <= (300 * ADDRESSES) / 1_000_000,
    });
    return [describe('Import of', first), describe('Import once more of the same', again)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ImportRun {
  readonly seconds: number;
  readonly nodeSeconds: number;
  readonly postgresSeconds: number;
  /** The most in each fifth of the time. */
  readonly mib: readonly number[];
  readonly peakMib: number;
}

/** The command line as anybody would call it; its memory is looked at as it goes. */
async function runImport(place: Place, file: string): Promise<ImportRun> {
  const before = cpuMicros(place.postgres.pid);
  const start = monotonicMs();
  const child = spawn(process.execPath, [join(ROOT, 'dist/apps/cli/main.js'), 'import', file], {
    env: { ...process.env, NODE_OPTIONS: '', ...place.settings, ISP_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const memory: number[] = [];
  let node = 0;
  while (child.exitCode === null && child.signalCode === null) {
    const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8').catch(() => '');
    memory.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / MIB);
    node = Math.max(node, cpuMicros(child.pid ?? 0));
    await Promise.race([exited, sleep(250)]);
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`the import ended with ${String(code)}`);
  return {
    seconds: (monotonicMs() - start) / 1_000,
    nodeSeconds: node / 1e6,
    postgresSeconds: (cpuMicros(place.postgres.pid) - before) / 1e6,
    mib: [0, 1, 2, 3, 4].map((fifth) => most(memory, fifth / 5, (fifth + 1) / 5)),
    peakMib: Math.max(...memory),
  };
}

const most = (all: readonly number[], from: number, to: number): number =>
  Math.max(0, ...all.slice(Math.floor(all.length * from), Math.ceil(all.length * to)));

async function searching(place: Place): Promise<Figure[]> {
  const [key = ''] = await place.apiKeys(PARTNERS.large, 1, ['premise.read']);
  const api = await place.app('api');
  const bare = new pg.Client({ connectionString: place.postgres.appUrl });
  await bare.connect();
  try {
    const results = new Map<CorpusQuery['kind'], { took: number[]; trips: number[]; found: number }>();
    const ask = async ({ text, line }: CorpusQuery) => {
      const start = monotonicMs();
      const url = `${api.url}/wholesale/predefined-premises?count=10&q=${encodeURIComponent(text)}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
      const body = (await answer.json()) as { items?: { full_text: string }[] };
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
      return { took: monotonicMs() - start, hit: body.items?.some((item) => item.full_text === line) ?? false };
    };
    for (let n = -20; n < SEARCHES; n += 1) {
      for (const query of queriesFor(Math.floor(chance(n, 77) * ADDRESSES))) {
        const trip = await bareTrip(bare);
        const { took, hit } = await ask(query);
        if (n < 0) continue;
        const result = results.get(query.kind) ?? { took: [], trips: [], found: 0 };
        results.set(query.kind, result);
        result.took.push(took);
        result.trips.push(trip);
        result.found += hit ? 1 : 0;
      }
    }
    return [...results].map(([kind, { took, trips, found }]) => {
      const [p50, p99, share] = [percentile(took, 0.5), percentile(took, 0.99), found / took.length];
      const least = kind === 'typo' ? 0.85 : 1;
      return {
        what: `Search, ${kind}, over HTTP`,
        ours: `p50 ${ms(p50)}, p99 ${ms(p99)}, ${found} of ${took.length} among the first ten`,
        bare: `SELECT 1: p50 ${ms(percentile(trips, 0.5))}, p99 ${ms(percentile(trips, 0.99))}`,
        ratio: '',
        target: `p50 ≤ 20 ms, p99 ≤ 60 ms, ≥ ${least * 100} %`,
        met: p50 <= 20 && p99 <= 60 && share >= least,
      };
    });
  } finally {
    await bare.end();
    await api.stop();
  }
}

type Ring = readonly (readonly [number, number])[];

/** Towns of irregular areas of several operators over each other, coordinates in whole 1e-7 degrees. */
function polygonNumber(n: number): Ring {
  const town = Math.floor(n / 50);
  const [x, y] = [
    20e7 + chance(town, 31) * 10e7 + chance(n, 32) * 2e6,
    -30e7 + chance(town, 33) * 10e7 + chance(n, 34) * 2e6,
  ];
  const corners = 8 + Math.floor(chance(n, 35) * 57);
  const radius = 1e5 + chance(n, 36) * 4e5;
  return Array.from({ length: corners }, (_, corner) => {
    const far = radius * (0.4 + 0.6 * chance(n, corner, 37));
    const angle = (corner / corners) * 2 * Math.PI;
    return [Math.round(x + far * Math.cos(angle)), Math.round(y + far * Math.sin(angle))] as const;
  });
}

async function availability(place: Place): Promise<Figure[]> {
  const polygons = Array.from({ length: POLYGONS }, (_, n) => polygonNumber(n));
  await place.owner((client) => fillAreas(client, polygons));
  const options = `${sessionOptions(API_LIMITS)} -c app.partner_id=1`;
  const client = new pg.Client({ connectionString: place.postgres.appUrl, options });
  await client.connect();
  try {
    const sql = {
      name: 'bench-covering',
      // Another benchmark may have drawn areas here too.
      text: `SELECT a.name FROM areas_covering($1, $2) c JOIN areas a ON a.id = c.area_id WHERE a.name LIKE 'bench-%'`,
    };
    const took: number[] = [];
    const trips: number[] = [];
    let covered = 0;
    for (let n = -50; n < POINTS; n += 1) {
      const ring = polygons[Math.floor(chance(n, 41) * POLYGONS)] as Ring;
      const [[cx, cy] = [0, 0]] = ring;
      const [x, y] = [Math.round(cx + (chance(n, 42) - 0.5) * 1e6), Math.round(cy + (chance(n, 43) - 0.5) * 1e6)];
      trips.push(await bareTrip(client));
      const start = monotonicMs();
      const { rows } = await client.query<{ name: string }>({
        ...sql,
        values: [(y / 1e7).toFixed(7), (x / 1e7).toFixed(7)],
      });
      if (n < 0) continue;
      took.push(monotonicMs() - start);
      const found = rows.map(({ name }) => name).sort();
      const expected = coveringOf(polygons, x, y);
      if (found.join() !== expected.join())
        throw new Error(`${x}, ${y}: ${found.join()} instead of ${expected.join()}`);
      covered += found.length;
    }
    const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
    return [
      {
        what: `Areas over a point, ${POLYGONS.toLocaleString('en-US')} polygons`,
        ours: `p50 ${ms(p50)}, p99 ${ms(p99)}; ${covered} areas over ${POINTS} points, as the library says`,
        bare: `SELECT 1: p50 ${ms(percentile(trips, 0.5))}, p99 ${ms(percentile(trips, 0.99))}`,
        ratio: '',
        target: 'p99 ≤ 5 ms, the same rows',
        met: p99 <= 5,
      },
    ];
  } finally {
    await client.end();
  }
}

/** By every polygon one after another; a box around each spares most of the work. */
function coveringOf(polygons: readonly Ring[], x: number, y: number): string[] {
  const near = (ring: Ring): boolean => {
    const [[cx, cy] = [0, 0]] = ring;
    return Math.abs(cx - x) <= 2e6 && Math.abs(cy - y) <= 2e6;
  };
  return polygons
    .flatMap((ring, n) =>
      near(ring) && pointInPolygon([x, y], [[...ring, ring[0]]] as never) !== false ? [`bench-${n}`] : [],
    )
    .sort();
}

async function fillAreas(client: pg.Client, polygons: readonly Ring[]): Promise<void> {
  const { rowCount } = await client.query(`SELECT FROM areas WHERE name = 'bench-0'`);
  if (rowCount) return;
  for (let from = 0; from < polygons.length; from += 5_000) {
    const texts = polygons.slice(from, from + 5_000).map((ring) => `(${ring.map(([x, y]) => `(${x},${y})`).join()})`);
    await client.query(
      `WITH drawn AS (
         INSERT INTO areas (operator_id, name, connectivity) SELECT gen_random_uuid(), 'bench-' || n, 'live' FROM generate_series($1::integer, $2::integer) n
         RETURNING id, name)
       INSERT INTO area_rings (area_id, part, ring, outline)
       SELECT d.id, 0, 0, ($3::text[])[substr(d.name, 7)::integer - $1 + 1]::polygon FROM drawn d`,
      [from, from + texts.length - 1, texts],
    );
  }
  await client.query('VACUUM ANALYZE areas');
  await client.query('VACUUM ANALYZE area_rings');
}
