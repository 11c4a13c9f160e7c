import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, guarded, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { assertBuyer, supplierErrors } from '../suppliers.errors.js';
import { Suppliers, defined } from './suppliers.js';

export interface ContractTerms {
  readonly supplierId: number;
  /** The supplier's name for it: a circuit, an order. */
  readonly reference: string;
  readonly description: string | null;
  /** What cannot work without it: one of the two. */
  readonly deviceId: number | null;
  readonly nodeId: number | null;
  /** `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** The first day on which it holds no more. */
  readonly validUntil: string | null;
  /** Its months are those of this zone. */
  readonly timeZone: string;
  /** Amounts and shares are decimal text. */
  readonly monthlyAmount: string;
  readonly currency: string;
  readonly committedPercent: string;
  /** Of the monthly amount, for each so many minutes below what was committed, at most so much in all. */
  readonly creditPercent: string;
  readonly creditMinutes: number;
  readonly creditUnit: 'started' | 'full';
  readonly creditCapPercent: string;
  /** A claim must reach the supplier so many days after its month. */
  readonly claimDays: number;
}
export type ContractView = ContractTerms & {
  readonly id: number;
  readonly supplier: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type ContractChanges = {
  readonly [K in Exclude<keyof ContractTerms, 'supplierId'>]?: ContractTerms[K] | undefined;
};

const COLUMNS = `c.id, c.supplier_id AS "supplierId", s.name AS supplier, c.reference, c.description, c.device_id AS "deviceId", c.node_id AS "nodeId",
  c.valid_from::text AS "validFrom", c.valid_until::text AS "validUntil", c.time_zone AS "timeZone", c.monthly_amount::text AS "monthlyAmount", c.currency,
  c.committed_percent::text AS "committedPercent", c.credit_percent::text AS "creditPercent", c.credit_minutes AS "creditMinutes",
  c.credit_unit AS "creditUnit", c.credit_cap_percent::text AS "creditCapPercent", c.claim_days AS "claimDays", c.version,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;
const FROM = 'FROM supplier_contracts c JOIN suppliers s ON s.id = c.supplier_id';
const MATCH = `${FROM} WHERE ($1::integer IS NULL OR c.supplier_id = $1) AND ($2::integer IS NULL OR c.device_id = $2)
  AND ($3::integer IS NULL OR c.node_id = $3)`;
export const SUPPLIER_CONTRACT_SORTING = sorting({
  id: 'c.id',
  otherwise: ['c.id'],
  fields: {
    created_at: 'c.created_at',
    reference: 'lower(c.reference)',
    valid_from: 'c.valid_from',
    valid_until: { by: ['c.valid_until'], nullable: true },
    monthly_amount: 'c.monthly_amount',
  },
});
const LISTS = sortedStatements(
  'supplier-contracts-list',
  SUPPLIER_CONTRACT_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('supplier-contracts-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('supplier-contracts-get', `SELECT ${COLUMNS} ${FROM} WHERE c.id = $1`);
const LOCK = statement('supplier-contracts-lock', `SELECT ${COLUMNS} ${FROM} WHERE c.id = $1 FOR UPDATE OF c`);
const VALUES = '$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16';
const WRITTEN = `supplier_id, reference, description, device_id, node_id, valid_from, valid_until, time_zone, monthly_amount, currency,
  committed_percent, credit_percent, credit_minutes, credit_unit, credit_cap_percent, claim_days`;
const INSERT = statement(
  'supplier-contracts-insert',
  `INSERT INTO supplier_contracts (${WRITTEN}) VALUES (${VALUES}) RETURNING id`,
);
const SAVE = statement(
  'supplier-contracts-save',
  `UPDATE supplier_contracts SET (${WRITTEN}) = (${VALUES}), version = version + 1, updated_at = now() WHERE id = $17 RETURNING id`,
);

const REMOVE = statement(
  'supplier-contracts-remove',
  'DELETE FROM supplier_contracts WHERE id = $1 RETURNING reference',
);

/** What is bought from suppliers, and what they promised of it. */
@Injectable()
export class SupplierContracts {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly suppliers: Suppliers,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `suppliers.operator_only` */
  list(
    actor: Actor,
    filter: {
      readonly supplierId?: number | undefined;
      readonly deviceId?: number | undefined;
      readonly nodeId?: number | undefined;
    },
    page: SortedSlice<typeof SUPPLIER_CONTRACT_SORTING>,
  ) {
    assertBuyer(actor);
    const values = [filter.supplierId ?? null, filter.deviceId ?? null, filter.nodeId ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ContractView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `suppliers.operator_only`, `suppliers.contract.not_found` */
  async get(actor: Actor, id: number): Promise<ContractView> {
    assertBuyer(actor);
    const found = await this.uow.read(actor, (tx) => tx.one<ContractView>(GET, [id]));
    if (!found) throw supplierErrors('suppliers.contract.not_found');
    return found;
  }

  /** @throws `suppliers.operator_only`, `suppliers.supplier.not_found`, `suppliers.contract.exists`, `….backwards`, `….one_place`, `suppliers.place.unknown` */
  add(actor: Actor, terms: ContractTerms): Promise<ContractView> {
    return this.uow.run(actor, async () => {
      await this.suppliers.get(actor, terms.supplierId);
      const id = await this.write(INSERT, terms);
      this.note(actor, 'create', id, { ...terms });
      return this.get(actor, id);
    });
  }

  /** Months that are claimed already stay as they were sent. @throws as `add`, and `suppliers.contract.not_found`, `….stale` */
  change(actor: Actor, id: number, ifMatch: number | undefined, changes: ContractChanges): Promise<ContractView> {
    assertBuyer(actor);
    return this.uow.run(actor, async (tx) => {
      const before = await tx.one<ContractView>(LOCK, [id]);
      if (!before) throw supplierErrors('suppliers.contract.not_found');
      if (ifMatch !== undefined && ifMatch !== before.version) throw supplierErrors('suppliers.contract.stale');
      const diff = changesBetween(before, changes);
      if (Object.keys(diff).length === 0) return before;
      await this.write(SAVE, { ...before, ...defined(changes) }, id);
      this.note(actor, 'change', id, diff);
      return this.get(actor, id);
    });
  }

  /** One that was never claimed from. @throws `suppliers.operator_only`, `suppliers.contract.not_found`, `….claimed` */
  remove(actor: Actor, id: number): Promise<void> {
    assertBuyer(actor);
    return this.uow.run(actor, async (tx) => {
      const gone = await guarded(tx.one<{ reference: string }>(REMOVE, [id]), {
        supplier_claims_contract_id_fkey: () => supplierErrors('suppliers.contract.claimed'),
      });
      if (!gone) throw supplierErrors('suppliers.contract.not_found');
      this.note(actor, 'delete', id, gone);
    });
  }

  private async write(sql: typeof INSERT, terms: ContractTerms, id?: number): Promise<number> {
    if (terms.validUntil !== null && terms.validUntil <= terms.validFrom)
      throw supplierErrors('suppliers.contract.backwards');
    if ((terms.deviceId === null) === (terms.nodeId === null)) throw supplierErrors('suppliers.contract.one_place');
    const place = [terms.supplierId, terms.reference, terms.description, terms.deviceId, terms.nodeId];
    const time = [terms.validFrom, terms.validUntil, terms.timeZone];
    const promise = [terms.monthlyAmount, terms.currency, terms.committedPercent, terms.creditPercent];
    const credit = [terms.creditMinutes, terms.creditUnit, terms.creditCapPercent, terms.claimDays];
    const values = [...place, ...time, ...promise, ...credit, ...(id === undefined ? [] : [id])];
    const unknown = () => supplierErrors('suppliers.place.unknown');
    const saved = await guarded(this.uow.tx.one<{ id: number }>(sql, values), {
      supplier_contracts_once: () => supplierErrors('suppliers.contract.exists'),
      supplier_contracts_device_id_fkey: unknown,
      supplier_contracts_node_id_fkey: unknown,
    });
    return (saved as { id: number }).id;
  }

  private note(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'supplier_contract', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `supplier_contract.${verb}`, subject, changes });
  }
}
