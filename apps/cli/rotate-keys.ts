import { systemActor } from '@isp/contracts';
import { TendRadius } from '@isp/domain/network';
import { DomainError } from '@isp/kernel';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

const ACTOR = systemActor('cli');
const BATCH = 500;

interface Row {
  readonly key: string;
  readonly row: string;
  readonly sealed: string;
}

export interface Rotated {
  readonly resealed: number;
  /** Places that no key of the keyring opens; they were left as they are. */
  readonly unreadable: readonly string[];
}

/**
 * Seals everything again under the active master key, in batches of their own transactions. Never over a value that was
 * changed meanwhile; killed at any point it goes on where it was; while it runs both keys open.
 */
export async function rotateKeys(
  app: NestFastifyApplication,
  progress: (line: string) => void = () => undefined,
): Promise<Rotated> {
  const unreadable: string[] = [];
  let resealed = 0;
  for (const column of SEALED_COLUMNS) {
    let after: string | null = null;
    for (;;) {
      const batch: Batch = await resealBatch(app, column, after);
      resealed += batch.changed;
      unreadable.push(...batch.unreadable);
      if (batch.last === undefined) break;
      after = batch.last;
      progress(`${column.table}.${column.column}: up to ${after}, ${resealed} sealed again so far`);
    }
  }
  await app.get(TendRadius, { strict: false }).seal();
  return { resealed, unreadable };
}

interface Batch {
  readonly changed: number;
  readonly unreadable: readonly string[];
  /** Undefined when there was nothing left. */
  readonly last: string | undefined;
}

function resealBatch(app: NestFastifyApplication, sealed: SealedColumn, after: string | null): Promise<Batch> {
  const box = app.get(SecretBox, { strict: false });
  const { table, column, key, type, row, as = { table, column } } = sealed;
  const only = sealed.only ? `AND ${sealed.only}` : '';
  const name = `rotate-${table}-${column}`;
  const read = statement(
    name,
    `SELECT (${key})::text AS key, (${row})::text AS row, ${column} AS sealed FROM ${table}
      WHERE ($1::text IS NULL OR ${key} > $1::${type}) AND ${column} IS NOT NULL ${only} ORDER BY ${key} LIMIT ${BATCH}`,
  );
  const write = statement(
    `${name}-write`,
    `UPDATE ${table} t SET ${column} = n.now FROM unnest($1::text[], $2::text[], $3::text[]) n (place, was, now)
      WHERE (${key})::text = n.place AND t.${column} = n.was`,
  );
  return app.get(UnitOfWork, { strict: false }).run(ACTOR, async (tx) => {
    const rows = await tx.query<Row>(read, [after]);
    const unreadable: string[] = [];
    const found = rows
      .filter((one) => box.needsReseal(one.sealed))
      .flatMap((one) => {
        try {
          return [{ ...one, now: box.reseal(one.sealed, { ...as, row: one.row }) }];
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          unreadable.push(`${table}.${column} ${one.key}`);
          return [];
        }
      });
    const values = [found.map((one) => one.key), found.map((one) => one.sealed), found.map((one) => one.now)];
    const changed = found.length > 0 ? await tx.execute(write, values) : 0;
    return { changed, unreadable, last: rows.at(-1)?.key };
  });
}
