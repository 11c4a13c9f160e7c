import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** `superuser` is for this starter and for tests; `owner` owns the database and migrates it; `app` owns nothing. */
export const USERS = { superuser: 'isp_super', owner: 'isp_owner', app: 'isp_app' } as const;
export type DatabaseUser = (typeof USERS)[keyof typeof USERS];

export type Passwords = Readonly<Record<DatabaseUser, string>>;

/** Reads the passwords; `undefined` when there is no file yet. */
export async function readCredentials(path: string): Promise<Passwords | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const passwords = parse(text);
  if (!Object.values(USERS).every((user) => typeof passwords?.[user] === 'string' && passwords[user] !== '')) {
    throw new Error(`${path} is damaged: restore it, or remove the data directory to start afresh`);
  }
  return passwords as Passwords;
}

/** Draws random passwords and writes them to a file that its owner alone can read. */
export async function createCredentials(path: string): Promise<Passwords> {
  const password = (): string => randomBytes(24).toString('base64url');
  const passwords = { isp_super: password(), isp_owner: password(), isp_app: password() };
  await writeFile(`${path}.tmp`, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
  return passwords;
}

function parse(text: string): Partial<Record<DatabaseUser, unknown>> | undefined {
  try {
    return JSON.parse(text) as Partial<Record<DatabaseUser, unknown>>;
  } catch {
    return undefined;
  }
}
