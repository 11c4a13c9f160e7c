import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { masterKeys, readSandbox, settingsOfSandbox, writeSandbox } from './sandbox-file.js';

const LOGIN = { login: 'admin', password: 'p' };
const SANDBOX = {
  base_url: 'http://127.0.0.1:3000',
  admin: LOGIN,
  reseller: LOGIN,
  customer: LOGIN,
  api_key: 'test_isp_x',
  isp_tokens: {},
};
const databaseUrl = 'postgres://isp_app:secret@127.0.0.1:5433/isp';
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-file-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('what another program needs to work on the sandbox', () => {
  const write = (isOurs: boolean) => writeSandbox(join(dataDir, 'sandbox.json'), SANDBOX, { databaseUrl, isOurs });

  it('is the address of its own database and its master keys, in files for its owner alone', async () => {
    const keys = await masterKeys(dataDir);
    await write(true);
    expect(await settingsOfSandbox(dataDir)).toMatchObject({ DATABASE_URL: databaseUrl, ISP_MASTER_KEYS: keys });
    expect((await stat(join(dataDir, 'sandbox.json'))).mode & 0o777).toBe(0o600);
    expect(await readSandbox(join(dataDir, 'sandbox.json'), databaseUrl)).toMatchObject(SANDBOX);
  });

  it('is unknown where the database is somebody else’s, whose password is written nowhere', async () => {
    await write(false);
    expect(await settingsOfSandbox(dataDir)).toBeUndefined();
    expect(await readFile(join(dataDir, 'sandbox.json'), 'utf8')).not.toContain('secret');
  });

  it('is unknown where no sandbox was ever started', async () => {
    expect(await settingsOfSandbox(dataDir)).toBeUndefined();
  });
});
