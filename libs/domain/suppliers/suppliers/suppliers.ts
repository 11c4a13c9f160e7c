import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, guarded, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { assertBuyer, supplierErrors } from '../suppliers.errors.js';

export const SUPPLIER_STATUSES = ['active', 'inactive'] as const;

export interface SupplierTerms {
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly status: (typeof SUPPLIER_STATUSES)[number];
}
/** Whom the operator buys lines and capacity from. */
export type SupplierView = SupplierTerms & {
  readonly id: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const COLUMNS = `id, name, email, phone, status, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const MATCH = `FROM suppliers WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR name ILIKE $2)`;
export const SUPPLIER_SORTING = sorting({
  id: 'id',
  otherwise: ['name_key'],
  fields: {
    name: 'name_key',
    created_at: 'created_at',
    updated_at: 'updated_at',
  },
});
const LISTS = sortedStatements(
  'suppliers-list',
  SUPPLIER_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('suppliers-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('suppliers-get', `SELECT ${COLUMNS} FROM suppliers WHERE id = $1`);
const LOCK = statement('suppliers-lock', `SELECT ${COLUMNS} FROM suppliers WHERE id = $1 FOR UPDATE`);
const INSERT = statement(
  'suppliers-insert',
  `INSERT INTO suppliers (name, email, phone, status) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
);
const SAVE = statement(
  'suppliers-save',
  `UPDATE suppliers SET name = $2, email = $3, phone = $4, status = $5, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${COLUMNS}`,
);

/** Suppliers, as they are read and written. */
@Injectable()
export class Suppliers {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** One page, by name. @throws `suppliers.operator_only` */
  list(
    actor: Actor,
    { status, q }: { readonly status?: string | undefined; readonly q?: string | undefined },
    page: SortedSlice<typeof SUPPLIER_SORTING>,
  ) {
    assertBuyer(actor);
    const values = [status ?? null, q === undefined || q === '' ? null : `%${q.replace(/[\\%_]/g, '\\$&')}%`];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<SupplierView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `suppliers.operator_only`, `suppliers.supplier.not_found` */
  async get(actor: Actor, id: number): Promise<SupplierView> {
    assertBuyer(actor);
    const found = await this.uow.read(actor, (tx) => tx.one<SupplierView>(GET, [id]));
    if (!found) throw supplierErrors('suppliers.supplier.not_found');
    return found;
  }

  /** @throws `suppliers.operator_only`, `suppliers.supplier.exists` */
  add(actor: Actor, { name, email, phone, status }: SupplierTerms): Promise<SupplierView> {
    assertBuyer(actor);
    return this.uow.run(actor, async (tx) => {
      const made = await guarded(tx.one<SupplierView>(INSERT, [name, email, phone, status]), EXISTS);
      this.note(actor, 'create', (made as SupplierView).id, { name, email, phone, status });
      return made as SupplierView;
    });
  }

  /** What is left out stays. @throws `suppliers.operator_only`, `suppliers.supplier.not_found`, `….stale`, `….exists` */
  change(
    actor: Actor,
    id: number,
    ifMatch: number | undefined,
    changes: { readonly [K in keyof SupplierTerms]?: SupplierTerms[K] | undefined },
  ): Promise<SupplierView> {
    assertBuyer(actor);
    return this.uow.run(actor, async (tx) => {
      const before = await tx.one<SupplierView>(LOCK, [id]);
      if (!before) throw supplierErrors('suppliers.supplier.not_found');
      if (ifMatch !== undefined && ifMatch !== before.version) throw supplierErrors('suppliers.supplier.stale');
      const diff = changesBetween(before, changes);
      if (Object.keys(diff).length === 0) return before;
      const { name, email, phone, status } = { ...before, ...defined(changes) };
      const saved = await guarded(tx.one<SupplierView>(SAVE, [id, name, email, phone, status]), EXISTS);
      this.note(actor, 'change', id, diff);
      return saved as SupplierView;
    });
  }

  private note(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'supplier', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `supplier.${verb}`, subject, changes });
  }
}

const EXISTS = { suppliers_name_key_key: () => supplierErrors('suppliers.supplier.exists') };

/** Only what was given. */
export const defined = <T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
