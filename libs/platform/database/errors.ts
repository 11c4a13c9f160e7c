import { defineErrors, DomainError } from '@isp/kernel';

export const databaseErrors = defineErrors({
  'platform.database.unavailable': {
    kind: 'unavailable',
    message: 'The service is temporarily unavailable; try again shortly.',
  },
  'platform.database.storage_full': { kind: 'unavailable', message: 'The service cannot store changes at the moment.' },
  'platform.database.timeout': { kind: 'unavailable', message: 'The request took too long; try again shortly.' },
  'platform.database.unstorable': { kind: 'validation', message: 'The text holds characters that cannot be stored.' },
  'platform.database.lost_race': {
    kind: 'conflict',
    message: 'Another change to the same data came first; try again.',
  },
});

interface PgError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message: string;
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  // The database is being created, renamed or dropped: nothing that this request did.
  '55000',
  '3D000',
]);
/** Too many connections; starting up. */
const BUSY_CODES = new Set(['53300', '57P03']);
const CONNECTION_TEXTS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Connection ended|Query read timeout/i;

function asPgError(error: unknown): PgError | undefined {
  if (!(error instanceof Error)) return undefined;
  const driver = (error as { driverError?: unknown }).driverError;
  return driver instanceof Error ? driver : error;
}

/** True for a deadlock or a serialization failure: running the whole transaction again can succeed. */
export function isRetryable(error: unknown): boolean {
  const code = asPgError(error)?.code;
  return code === '40001' || code === '40P01';
}

/** True when the connection, not the statement, failed. */
export function isConnectionFailure(error: unknown): boolean {
  const pg = asPgError(error);
  if (!pg) return false;
  return CONNECTION_CODES.has(pg.code ?? '') || (pg.code ?? '').startsWith('08') || CONNECTION_TEXTS.test(pg.message);
}

/** True when a server is there but could not take a connection in time: too busy, starting up, or full. */
export function isBusy(error: unknown): boolean {
  const pg = asPgError(error);
  return pg !== undefined && (BUSY_CODES.has(pg.code ?? '') || /connection timeout|timeout exceeded/i.test(pg.message));
}

/** The name of the constraint that a write broke (unique, foreign key, check, exclusion), if that is what happened. */
export function violatedConstraint(error: unknown): string | undefined {
  const pg = asPgError(error);
  return pg?.code?.startsWith('23') ? pg.constraint : undefined;
}

/** Runs a write; a constraint that it breaks becomes the refusal that the table names. */
export async function guarded<T>(write: Promise<T>, refusals: Readonly<Record<string, () => DomainError>>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const refusal = refusals[violatedConstraint(error) ?? ''];
    throw refusal ? refusal() : error;
  }
}

/** Gives infrastructure failures their public meaning; everything else passes through unchanged. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = asPgError(error)?.code ?? '';
  const extras = { retryAfterSeconds: 2, cause: error };
  if (isConnectionFailure(error)) return databaseErrors('platform.database.unavailable', {}, extras);
  if (code === '22021' || code === '22P05') return databaseErrors('platform.database.unstorable', {}, { cause: error });
  if (code === '53100' || code === '53200') return databaseErrors('platform.database.storage_full', {}, extras);
  if (code === '57014' || code === '25P03') return databaseErrors('platform.database.timeout', {}, extras);
  if (code === '55P03' || isRetryable(error)) return databaseErrors('platform.database.lost_race', {}, extras);
  return error;
}
