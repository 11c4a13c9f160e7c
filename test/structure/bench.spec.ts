import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

describe('the benchmarks', () => {
  it('load outside Jest, and name themselves to whoever asks for one that is not there', () => {
    const args = ['--import', './test/support/runner/run-ts.mjs', 'test/bench/main.ts', 'nonsense'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    expect(stderr).toMatch(/^there is no benchmark nonsense\nusage: npm run bench .*provisioning/);
    expect(status).toBe(1);
  });
});
