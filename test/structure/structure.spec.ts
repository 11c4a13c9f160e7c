import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filesOf, foldersOf, ROOT } from './trees.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const MIGRATIONS = 'libs/platform/database/migrations';

/** Every file that belongs to the repository: tracked, or new and not ignored. */
function repositoryFiles(): string[] {
  const git = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const run = spawnSync('git', git, { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

describe('the layout', () => {
  it.each(['libs/domain', 'libs/platform', 'libs/apis'])('has an index.ts in every folder of %s', (folder) => {
    const doors = foldersOf(join(ROOT, folder)).map((name) => `${folder}/${name}/index.ts`);
    expect(doors.filter((door) => !existsSync(join(ROOT, door)))).toEqual([]);
  });

  it('has a main.ts in every app', () => {
    // Wiring and the sandbox's data are what the processes share; they are no processes.
    const shared = new Set(['wiring', 'sandbox']);
    const mains = foldersOf(join(ROOT, 'apps'))
      .filter((name) => !shared.has(name))
      .map((name) => `apps/${name}/main.ts`);
    expect(mains.filter((main) => !existsSync(join(ROOT, main)))).toEqual([]);
  });

  it('keeps every app under 120 lines a file', () => {
    const apps = repositoryFiles().filter((path) => /^apps\/.*\.ts$/.test(path));
    expect(apps.filter((path) => read(path).split('\n').length > 121)).toEqual([]);
  });
});

describe('the migrations', () => {
  const files = filesOf(join(ROOT, MIGRATIONS)).filter((name) => name !== 'index.ts' && !name.endsWith('.spec.ts'));

  it('are named NNNN-what-it-does.ts, each number once', () => {
    expect(files.filter((name) => !/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name))).toEqual([]);
    expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length);
  });

  it('are all imported by the index, in order', () => {
    const index = existsSync(join(ROOT, MIGRATIONS, 'index.ts')) ? read(`${MIGRATIONS}/index.ts`) : '';
    const imported = [...index.matchAll(/from '\.\/(\d{4}-[^']+)\.js'/g)].map((match) => `${match[1]}.ts`);
    expect(imported).toEqual([...files].sort());
  });

  it('are all listed by the index, each once and in order', () => {
    const index = existsSync(join(ROOT, MIGRATIONS, 'index.ts')) ? read(`${MIGRATIONS}/index.ts`) : '';
    const names = [...index.matchAll(/^import \{ (\w+)(?: as (\w+))? \} from '\.\/\d{4}-/gm)].map((m) => m[2] ?? m[1]);
    const body = index.replace(/^import .*$/gm, '');
    const listed = [...body.matchAll(/\b\w+\b/g)].map((match) => match[0]).filter((word) => names.includes(word));
    expect(names).toHaveLength(files.length);
    expect(listed).toEqual(names);
  });
});

describe('what is committed', () => {
  const texts = repositoryFiles().filter((path) => !/\.(png|jpg|ico|woff2?|gz|zip)$/.test(path));

  it('is a set of files', () => expect(texts.length).toBeGreaterThan(30));

  // Spelled in pieces, so that this file does not find itself.
  it.each([
    ['a folder beside the repository', /\.\.\/sh[a]red/],
    ['a folder of one machine', /(^|[\s'"`(=:])\/(w[o]rk|r[o]ot)\//m],
  ])('does not name %s', (_, foreign) => {
    expect(texts.filter((path) => foreign.test(read(path)))).toEqual([]);
  });

  it('resolves no import to a folder above the repository', () => {
    const guilty = texts
      .filter((path) => /\.(ts|mjs|cjs)$/.test(path))
      .filter((path) =>
        [...read(path).matchAll(/['"`]((?:\.\.\/)+)/g)].some((match) => climbsOut(path, match[1] ?? '')),
      );
    expect(guilty).toEqual([]);
  });

  it('locks packages without the address of a registry', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  it('has an executable .ci/run', () => {
    expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
    const run = spawnSync('bash', ['-n', '.ci/run'], { cwd: ROOT, encoding: 'utf8' });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

function climbsOut(path: string, ups: string): boolean {
  return ups.length / 3 > path.split('/').length - 1;
}
