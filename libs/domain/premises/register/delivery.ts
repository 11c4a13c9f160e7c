import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { wordsOf } from '../search/words.js';
import { DELIVER, type DeliveredColumn } from './premise.statements.js';

const DELIVER_BATCH = statement('premises-deliver', DELIVER);
const OPERATOR = statement('premises-operator', 'SELECT guid FROM partners WHERE id = 1');

export type DeliveredValues = Readonly<Partial<Record<DeliveredColumn, string | number | null>>> & {
  readonly full_text: string;
  readonly latitude: number;
  readonly longitude: number;
};

/** An address ready to be written: of many that wait, text is what takes the least room and time. */
export interface DeliveredPremise {
  /** Where it stood in what was delivered; unique in a batch, as the key is. */
  readonly row: number;
  readonly key: string;
  /** All of it as the statement takes it, with the words of its line. */
  readonly json: string;
}

/** An address as it was delivered, under the key by which it is known again. */
export function deliveredPremise(row: number, key: string, values: DeliveredValues): DeliveredPremise {
  const words = [...new Set(wordsOf(values.full_text))].join(' ');
  return { row, key, json: JSON.stringify({ row, key, words, ...values }) };
}

export interface DeliveryOutcome {
  readonly row: number;
  readonly id: number;
  readonly created: boolean;
  readonly changed: boolean;
}

/** Writes premises, many at once, with everything that hangs on them: place, search, words, history. */
@Injectable()
export class Delivery {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the caller's transaction. @throws `premises.premise.key_taken` when somebody else delivers the same at once */
  async execute(batch: readonly DeliveredPremise[]): Promise<DeliveryOutcome[]> {
    const { tx } = this.uow;
    const operator = await tx.one<{ guid: string }>(OPERATOR);
    return tx
      .query<DeliveryOutcome>(DELIVER_BATCH, [
        `[${batch.map(({ json }) => json).join()}]`,
        operator?.guid,
        tx.actor.name,
      ])
      .catch((error: unknown) => {
        if (violatedConstraint(error) === 'premises_external_key_key')
          throw premisesErrors('premises.premise.key_taken', { key: '' });
        throw error;
      });
  }
}
