import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';
import { type Figure, number } from './measure.js';
import { end, freePort, isReady, ROOT, treeOf, until } from './processes.js';

const REST_MS = 20_000;
const LIMIT_MB = 350;

interface Memory {
  readonly name: string;
  readonly rssMb: number;
  readonly pssMb: number;
}

/** Of a process that has ended meanwhile, as PostgreSQL's workers do: nothing. */
async function memoryOf(pid: number): Promise<Memory[]> {
  const texts = [readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')];
  const [rollup = '', command = ''] = await Promise.all(texts).catch(() => []);
  if (rollup === '') return [];
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
  const name = /postgres/.test(command) ? 'postgres' : command.replaceAll('\0', ' ').trim().slice(0, 40);
  return [{ name, rssMb: of('Rss'), pssMb: of('Pss') }];
}

/** Starts the sandbox as a user does; answers how long that took and, after a rest, what it occupies. */
async function start(dataDir: string, restMs: number): Promise<{ seconds: number; memory: Memory[] }> {
  const port = await freePort();
  const env = { ...process.env, NODE_OPTIONS: '', PORT: String(port), ISP_DATA_DIR: dataDir };
  const began = monotonicMs();
  const npm = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await until(
      'the sandbox',
      () => isReady(`http://127.0.0.1:${port}`),
      () => npm.exitCode !== null,
    );
    const seconds = (monotonicMs() - began) / 1000;
    await sleep(restMs);
    return { seconds, memory: (await Promise.all(treeOf(npm.pid as number).map(memoryOf))).flat() };
  } finally {
    const tree = treeOf(npm.pid as number);
    await end(npm, 'SIGTERM');
    await until('the sandbox to be gone', () => Promise.resolve(tree.every((pid) => !treeOf(1).includes(pid))));
  }
}

export async function footprintFigures(): Promise<Figure[]> {
  if (treeOf(process.pid).length === 0) return [];
  const dataDir = await mkdtemp(join(tmpdir(), 'isp-bench-start-'));
  try {
    const first = await start(dataDir, 0);
    const second = await start(dataDir, REST_MS);
    const sum = (key: 'rssMb' | 'pssMb', of: readonly Memory[] = second.memory): number =>
      of.reduce((total, one) => total + one[key], 0);
    const postgres = second.memory.filter(({ name }) => name === 'postgres');
    const others = second.memory
      .filter(({ name }) => name !== 'postgres')
      .map((one) => `${one.name}: ${number(one.pssMb)} MB`);
    console.log(`${others.join('; ')}; ${postgres.length} × postgres: ${number(sum('pssMb', postgres))} MB (PSS)`);
    const figure = (what: string, ours: string, target: string, met: boolean): Figure => ({
      what,
      ours,
      bare: '',
      ratio: '',
      target,
      met,
    });
    return [
      figure(
        'Sandbox at rest, all processes, PSS',
        `${number(sum('pssMb'))} MB (RSS ${number(sum('rssMb'))} MB, shared pages counted in each)`,
        `≤ ${LIMIT_MB} MB`,
        sum('pssMb') <= LIMIT_MB,
      ),
      figure('`npm start`, installed and built, new data', `${number(first.seconds)} s`, '≤ 90 s', first.seconds <= 90),
      figure('`npm start` again', `${number(second.seconds)} s`, '≤ 5 s', second.seconds <= 5),
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
