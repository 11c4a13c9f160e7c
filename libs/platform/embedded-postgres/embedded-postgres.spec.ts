import { once } from 'node:events';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';
import { processIdentity } from './processes.js';
import { openTempDir, query, removeDir } from '../../../test/support/embedded-postgres.js';

describe('embedded PostgreSQL', () => {
  let parent: string;
  let dataDir: string;
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    parent = await openTempDir();
    dataDir = join(parent, 'postgres');
    postgres = await startEmbeddedPostgres({ dataDir });
  }, 30_000);

  afterAll(async () => {
    await postgres.stop();
    await removeDir(parent);
  });

  it('gives the roles what they need and no more', async () => {
    const roles = await query(
      postgres.url('isp', 'isp_super'),
      `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'isp_%' ORDER BY 1`,
    );
    const none = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false };
    expect(roles).toEqual([
      { ...none, rolname: 'isp_app' },
      { ...none, rolname: 'isp_owner', rolcreaterole: true, rolcreatedb: true },
      { rolname: 'isp_super', rolsuper: true, rolbypassrls: true, rolcreaterole: true, rolcreatedb: true },
    ]);
    await expect(query(postgres.appUrl, 'CREATE TABLE t (id int)')).rejects.toThrow('permission denied');
    await expect(query(postgres.ownerUrl, 'SET ROLE isp_app')).rejects.toThrow('permission denied');
  });

  it('has the extensions in the database and in every one created later', async () => {
    const wanted = ['btree_gin', 'btree_gist', 'pg_trgm', 'pgcrypto'];
    const sql = `SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`;
    const names = async (database: string): Promise<string[]> =>
      (await query<{ extname: string }>(postgres.url(database), sql)).map((row) => row.extname);
    await query(postgres.ownerUrl, 'CREATE DATABASE later');
    expect(await names('isp')).toEqual(wanted);
    expect(await names('later')).toEqual(wanted);
  });

  it('lets the owner clone a template', async () => {
    await query(postgres.ownerUrl, 'CREATE DATABASE template_of_tests');
    await query(postgres.url('template_of_tests'), 'CREATE TABLE kept AS SELECT 1 AS id');
    await query(postgres.ownerUrl, 'CREATE DATABASE clone TEMPLATE template_of_tests');
    expect(await query(postgres.url('clone'), 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  });

  it('asks for a password, and keeps them where only the owner can read', async () => {
    const { mode } = await stat(join(dataDir, 'credentials.json'));
    expect(mode & 0o777).toBe(0o600);
    const withoutPassword = postgres.ownerUrl.replace(/:[^:@/]+@/, ':wrong@');
    await expect(query(withoutPassword, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8');
    for (const password of Object.values(
      JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as object,
    ))
      expect(log).not.toContain(password);
  });

  it('listens on the loopback address only and writes durably by default', async () => {
    const sql = `SELECT name, setting FROM pg_settings WHERE name IN
      ('listen_addresses', 'fsync', 'synchronous_commit', 'shared_buffers', 'max_connections')`;
    const rows = await query<{ name: string; setting: string }>(postgres.ownerUrl, sql);
    expect(await query(postgres.url('isp', 'isp_super'), 'SHOW unix_socket_directories')).toEqual([
      { unix_socket_directories: '' },
    ]);
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      listen_addresses: '127.0.0.1',
      fsync: 'on',
      synchronous_commit: 'on',
      shared_buffers: '4096',
      max_connections: '60',
    });
  });

  it('keeps data and passwords over a restart, on another port and with other settings', async () => {
    await query(postgres.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { pid } = postgres;
    await postgres.stop();
    await postgres.stop();
    expect(processIdentity(pid)).toBeUndefined();
    expect(await readdir(dataDir)).not.toContain('owner.lock');
    const before = await readFile(join(dataDir, 'credentials.json'), 'utf8');
    postgres = await startEmbeddedPostgres({ dataDir, settings: { work_mem: '7MB' } });
    expect(await query(postgres.ownerUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await query(postgres.ownerUrl, 'SHOW work_mem')).toEqual([{ work_mem: '7MB' }]);
    expect(await readFile(join(dataDir, 'credentials.json'), 'utf8')).toBe(before);
  });

  it('refuses a second start in one process and leaves the first alone', async () => {
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(`already in use by process ${process.pid}`);
    expect(await query(postgres.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says so when the port is taken, and can start elsewhere afterwards', async () => {
    await postgres.stop();
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    try {
      await expect(startEmbeddedPostgres({ dataDir, port })).rejects.toThrow(
        `the database cannot listen on 127.0.0.1:${port}: the port is already in use`,
      );
    } finally {
      blocker.close();
      await once(blocker, 'close');
    }
    postgres = await startEmbeddedPostgres({ dataDir, port });
    expect(postgres.port).toBe(port);
  });

  it('puts the last lines of the log into a one-line error', async () => {
    await postgres.stop();
    const failure = startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'plenty' } });
    await expect(failure).rejects.toThrow(/^the database server ended with code 1: .*invalid value.*"plenty".*$/);
    await expect(failure).rejects.not.toThrow(/\n/);
  });

  it('does not guess passwords when their file is gone, and starts afresh when everything is', async () => {
    await rm(join(dataDir, 'credentials.json'));
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      'credentials.json is missing: restore it, or remove',
    );
    await rm(dataDir, { recursive: true });
    postgres = await startEmbeddedPostgres({ dataDir });
    await expect(query(postgres.ownerUrl, 'SELECT FROM kept')).rejects.toThrow('does not exist');
  }, 30_000);
});
