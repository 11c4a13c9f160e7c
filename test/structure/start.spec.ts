import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** Nothing but the scripts: what comes after the look at the port has nothing to install or to compile there. */
let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'isp-start-'));
  await cp(join(import.meta.dirname, '../../scripts'), join(place, 'scripts'), { recursive: true });
});
afterAll(() => rm(place, { recursive: true, force: true }));

const started = (env: Readonly<Record<string, string>>) =>
  new Promise<{ code: unknown; said: string }>((done) =>
    execFile(
      process.execPath,
      ['scripts/start.mjs'],
      { cwd: place, env: { PATH: '/nowhere', ...env }, timeout: 30_000 },
      (error, stdout, stderr) => done({ code: error?.code ?? 0, said: stdout + stderr }),
    ),
  );

describe('npm start', () => {
  it('says in one line that its port is taken, before it installs or compiles anything', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    try {
      expect(await started({ PORT: String(port) })).toEqual({
        code: 1,
        said: `Cannot start: port ${port} is in use; set PORT to another one\n`,
      });
      expect(await readdir(place)).toEqual(['scripts']);
    } finally {
      await new Promise((done) => other.close(done));
    }
  });

  it.each(['0', 'none', '70000'])('goes on with PORT=%s: what is no port is told by the application', async (PORT) => {
    const { code, said } = await started({ PORT });
    expect(code).toBe(1);
    expect(said).not.toMatch(/port \d+ is in use/);
    expect(said).not.toBe('');
  });
});
