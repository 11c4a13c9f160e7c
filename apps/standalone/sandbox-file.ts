import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Login, SandboxLogins } from '../sandbox/seed.js';

/** What the sandbox prints, for scripts: log-ins are bodies of `/v1/auth/login`. */
export interface Sandbox {
  readonly base_url: string;
  readonly admin: Login;
  readonly reseller: Login;
  readonly customer: Login;
  readonly api_key: string;
  /** Bearers of the wholesale API, by the name of their ISP. */
  readonly isp_tokens: Readonly<Record<string, string>>;
}

interface Written extends Sandbox {
  readonly database?: string;
  readonly database_url?: string;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The database is part of the name of what belongs to it; its password and port are not. */
function databaseId(url: string): string {
  const { pathname } = new URL(url);
  return createHash('sha256').update(pathname).digest('hex').slice(0, 12);
}

/** The file of an earlier start on the same database, if there is one. */
export async function readSandbox(file: string, databaseUrl: string): Promise<Sandbox | undefined> {
  try {
    const known = JSON.parse(await readFile(file, 'utf8')) as Written;
    return known.database === databaseId(databaseUrl) ? known : undefined;
  } catch {
    return undefined;
  }
}

/** The address of the database is written down where it is the sandbox's own: another's password is not ours to keep. */
export async function writeSandbox(
  file: string,
  sandbox: Sandbox & SandboxLogins,
  { databaseUrl, isOurs }: { readonly databaseUrl: string; readonly isOurs: boolean },
): Promise<void> {
  const written = { ...sandbox, database: databaseId(databaseUrl), ...(isOurs ? { database_url: databaseUrl } : {}) };
  await replaceFile(file, `${JSON.stringify(written, null, 2)}\n`);
}

/** The master keys of this sandbox: made once, kept beside its data. */
export async function masterKeys(dataDir: string): Promise<string> {
  const file = join(dataDir, 'master-keys');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known.trim() !== '') return known.trim();
  const made = `sandbox-1:${randomBytes(32).toString('base64')}`;
  await replaceFile(file, `${made}\n`);
  return made;
}

/**
 * What another program needs to work on the sandbox of this directory, if its last start brought a database of its own.
 * It answers as long as the sandbox runs.
 */
export async function settingsOfSandbox(dataDir: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { database_url: url } = JSON.parse(await readFile(join(dataDir, 'sandbox.json'), 'utf8')) as Written;
    return url ? { DATABASE_URL: url, ISP_MASTER_KEYS: await masterKeys(dataDir), ISP_LOG_LEVEL: 'warn' } : undefined;
  } catch {
    return undefined;
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export function banner(sandbox: Sandbox, file: string): void {
  const { base_url: url, admin, reseller, customer, api_key: key, isp_tokens: tokens } = sandbox;
  const [isp, token] = Object.entries(tokens)[0] ?? [];
  say(`
ISP Framework sandbox is up: ${url}

  documentation   ${url}/docs
  queues          ${url}/admin/queues   (any name, the API key as password)
  API key         ${key}
  ISP token       ${token}   (${isp}, for /wholesale)
  admin           ${admin.login} / ${admin.password}
  reseller        ${reseller.login} / ${reseller.password}
  customer        ${customer.login} / ${customer.password}
  for scripts     ${file}

  curl -H 'X-API-Key: ${key}' '${url}/v1/customers?per_page=3'

Ctrl-C stops everything; the data stays.
`);
}
