import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The repository's root: Jest and the npm scripts run there. */
export const ROOT = process.cwd();
export const FIXTURES = join(ROOT, 'test/structure/fixtures');

export interface Rule {
  readonly name: string;
}

/** The rules of `.dependency-cruiser.cjs`. */
export function rules(): readonly Rule[] {
  const config = createRequire(join(ROOT, 'package.json'))('./.dependency-cruiser.cjs') as { forbidden: Rule[] };
  return config.forbidden;
}

/** Names of the folders in `path`, empty when there is no such path. */
export function foldersOf(path: string): string[] {
  return entries(path).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Names of the files in `path`, empty when there is no such path. */
export function filesOf(path: string): string[] {
  return entries(path).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

function entries(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A directory of small trees that the gate treats as repositories: real tsconfig, package.json and packages around them. */
export class Trees {
  private readonly home = mkdtempSync(join(tmpdir(), 'isp-structure-'));

  /** A copy of a committed fixture. */
  fromFixture(name: string): string {
    const tree = this.empty(name);
    cpSync(join(FIXTURES, name), tree, { recursive: true });
    return tree;
  }

  /** A tree of the given files, path to text. */
  fromFiles(name: string, files: Readonly<Record<string, string>>): string {
    const tree = this.empty(name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    return tree;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private empty(name: string): string {
    const tree = join(this.home, name.replace(':', '-'));
    mkdirSync(tree);
    for (const file of ['tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(tree, file));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    return tree;
  }
}

export interface Verdict {
  readonly violations?: readonly string[];
  readonly error?: string;
}

/** Runs the gate over the trees, in order. */
export async function cruiseTrees(trees: readonly string[]): Promise<Verdict[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'test/structure/cruise.mjs'), ...trees]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

/** The names of the rules that fired, each once, sorted. */
export function fired(verdict: Verdict | undefined): string[] {
  if (!verdict?.violations) throw new Error(verdict?.error ?? 'the tree was not cruised');
  return [...new Set(verdict.violations.map((violation) => violation.slice(0, violation.indexOf(': '))))].sort();
}
