import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError, ERROR_KINDS, type ErrorSpec } from '@isp/kernel';

const LIBS = join(import.meta.dirname, '../../libs');

/** Every error that the program can name, one of each code, from all tables made by `defineErrors`. */
export async function everyError(): Promise<DomainError[]> {
  const files = readdirSync(LIBS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|kernel/.test(file))
    .map((file) => join(LIBS, file))
    .filter((file) => readFileSync(file, 'utf8').includes('= defineErrors('));
  const modules = (await Promise.all(files.map((file) => import(file)))) as Record<string, unknown>[];
  const tables = modules.flatMap((module) => Object.values(module).filter(isTable));
  if (tables.length < files.length) throw new Error('a file defines errors that it does not export');
  return tables.flatMap(({ table }) =>
    Object.entries(table).map(([code, { kind, message }]) => new DomainError(code, kind, message)),
  );
}

/** One error of every kind, with and without a complaint about a field. */
export function everyKind(): DomainError[] {
  const details = [{ field: 'email', message: 'is already taken' }];
  return ERROR_KINDS.flatMap((kind) =>
    [{}, { details }].map((extras) => new DomainError('spec.spec', kind, 'A refusal.', extras)),
  );
}

function isTable(value: unknown): value is { readonly table: Readonly<Record<string, ErrorSpec>> } {
  return typeof value === 'function' && 'table' in value;
}
