/** One row of a file: its values, or what is wrong with it. */
export type SourceRow<T> =
  | { readonly row: number; readonly values: T; readonly error?: undefined }
  | { readonly row: number; readonly error: string; readonly values?: undefined };

/** A row that cannot be taken; the rest of the file can. */
export class RowError extends Error {}

/** A file that cannot be read on. */
export class FileError extends Error {}

/** Text of a column, without the blanks around it; null when there is nothing. */
export function textOf(value: unknown, column: string, max: number): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number') throw new RowError(`${column} must be text`);
  const text = String(value).trim();
  if (text === '') return null;
  if (text.length > max) throw new RowError(`${column} is longer than ${max} characters`);
  if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed())
    throw new RowError(`${column} must not contain control characters`);
  return text;
}

/** A degree as files write it: plain decimals, at most `limit` either way. */
export function degreesOf(value: unknown, column: string, limit: number): number {
  const text = typeof value === 'number' ? String(value) : (textOf(value, column, 40) ?? '');
  if (text === '') throw new RowError(`${column} is missing`);
  const degrees = /^[+-]?\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(Math.abs(degrees) <= limit))
    throw new RowError(`${column} must be between -${limit} and ${limit}, not ${text}`);
  return Math.round(degrees * 1e7) / 1e7;
}

export function dateOf(value: unknown, column: string): string | null {
  const text = textOf(value, column, 10);
  if (text === null) return null;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (!date || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new RowError(`${column} must be a date, YYYY-MM-DD, not ${text}`);
  return text;
}

/** The rows that are right, and of the others what is wrong. */
export function attempt<T>(row: number, make: () => T): SourceRow<T> {
  try {
    return { row, values: make() };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return { row, error: reason };
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof RowError) return error.message;
  return (error as { kind?: string }).kind === 'validation' ? (error as Error).message : undefined;
}
