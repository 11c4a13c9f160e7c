import { join, resolve } from 'node:path';
import { joined } from '../../scripts/lib/bundle.mjs';
import { ROOT } from './processes.js';

const DIST = join(ROOT, 'dist');

/** Imports of the sources, and where the build has put them. */
const built = {
  filter: /^@isp\/|^\.\.\/\.\.\/(?:apps|libs)\//,
  fileOf(specifier: string): string {
    const path = specifier.startsWith('@isp/') ? `libs/${specifier.slice(5)}/index.js` : specifier.slice(6);
    return resolve(DIST, path);
  },
};

/** A helper of the benchmarks, joined with what it uses of the program just as the programs are. Answers its file. */
export async function compiledHelper(file: string): Promise<string> {
  const outfile = join(DIST, 'bench', file.replace(/\.ts$/, '.js'));
  await joined({ entryPoints: [join(ROOT, 'test/bench', file)], outfile, built });
  return outfile;
}
