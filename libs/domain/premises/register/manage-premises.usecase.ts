import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { inOneLine, keyOfAddress } from './address-line.js';
import { Delivery, type DeliveredValues, deliveredPremise } from './delivery.js';
import { DELIVERED_COLUMNS } from './premise.statements.js';
import { PREMISE_COLUMNS, PREMISE_TABLES, type PremiseView } from './premise.view.js';

const LOCK = statement('premises-lock-id', 'SELECT id FROM premises WHERE id = $1 AND deleted_at IS NULL FOR UPDATE');
const BY_KEY = statement('premises-key', 'SELECT 1 FROM premises WHERE external_key = $1 AND deleted_at IS NULL');
const READ = statement('premises-read', `SELECT ${PREMISE_COLUMNS} FROM ${PREMISE_TABLES} WHERE p.id = $1`);
const VALUES = statement(
  'premises-values',
  `SELECT external_key AS key,
          jsonb_build_object(${DELIVERED_COLUMNS.map((name) => `'${name}', ${name}`).join(', ')}) AS values
     FROM premises WHERE id = $1`,
);
const REMOVE = statement(
  'premises-remove',
  `WITH gone AS (UPDATE premises SET deleted_at = now(), updated_at = now(), version = version + 1 WHERE id = $1 RETURNING id, version)
   INSERT INTO premise_history (premise_id, version, actor, changes)
   SELECT id, version, $2, '{"deleted": [false, true]}' FROM gone`,
);

type Values = Omit<DeliveredValues, 'full_text'> & { readonly full_text?: string | undefined };

export interface CreatePremiseInput {
  readonly actor: Actor;
  readonly externalKey?: string | undefined;
  /** Without `full_text` the address is written out of its parts. */
  readonly values: Values;
}

export interface ChangePremiseInput {
  readonly actor: Actor;
  readonly id: number;
  readonly changes: Partial<Values>;
  readonly ifMatch?: number | undefined;
}

/** Adds, corrects and takes away single addresses; many at once are an import. */
@Injectable()
export class ManagePremises {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly delivery: Delivery,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `premises.premise.key_taken` */
  create({ actor, externalKey, values }: CreatePremiseInput): Promise<PremiseView> {
    const line = values.full_text ?? inOneLine(values);
    const key = externalKey ?? keyOfAddress(line);
    return this.uow.run(actor, async (tx) => {
      if (await tx.one(BY_KEY, [key])) throw premisesErrors('premises.premise.key_taken', { key });
      const [made] = await this.delivery.execute([deliveredPremise(1, key, { ...values, full_text: line })]);
      const premise = (await tx.one<PremiseView>(READ, [made?.id])) as PremiseView;
      this.note(actor, 'premise.create', premise.id, { external_key: key, full_text: line });
      return premise;
    });
  }

  /**
   * An address that was written out of its parts is written anew when they change.
   * @throws `premises.premise.not_found`, `premises.premise.version_mismatch`
   */
  change({ actor, id, changes, ifMatch }: ChangePremiseInput): Promise<PremiseView> {
    return this.uow.run(actor, async (tx) => {
      const before = await this.lock(id, ifMatch);
      const held = await tx.one<{ key: string; values: DeliveredValues }>(VALUES, [id]);
      const { key, values } = held as { key: string; values: DeliveredValues };
      const wanted = { ...values, ...defined(changes) };
      const line = changes.full_text ?? (inOneLine(values) === values.full_text ? inOneLine(wanted) : values.full_text);
      await this.delivery.execute([deliveredPremise(1, key, { ...wanted, full_text: line })]);
      const after = (await tx.one<PremiseView>(READ, [id])) as PremiseView;
      if (after.version !== before.version) this.note(actor, 'premise.update', id, defined(changes));
      return after;
    });
  }

  /** @throws `premises.premise.not_found`, `premises.premise.occupied` */
  remove({ actor, id }: { readonly actor: Actor; readonly id: number }): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { status, fullText } = await this.lock(id);
      if (status !== 'vacant') throw premisesErrors('premises.premise.occupied');
      await tx.execute(REMOVE, [id, actor.name]);
      this.note(actor, 'premise.delete', id, { full_text: [fullText, null] });
    });
  }

  private async lock(id: number, ifMatch?: number): Promise<PremiseView> {
    if (!(await this.uow.tx.one(LOCK, [id]))) throw premisesErrors('premises.premise.not_found');
    const premise = (await this.uow.tx.one<PremiseView>(READ, [id])) as PremiseView;
    if (ifMatch !== undefined && ifMatch !== premise.version) throw premisesErrors('premises.premise.version_mismatch');
    return premise;
  }

  private note(actor: Actor, action: string, id: number, changes: object): void {
    this.audit.record({
      actor,
      partnerId: OPERATOR_PARTNER_ID,
      action,
      subject: { type: 'premise', id },
      changes: { ...changes },
    });
  }
}

const defined = <T extends object>(changes: T): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
