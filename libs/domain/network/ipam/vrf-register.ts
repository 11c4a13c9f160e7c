import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { note, refuseStale } from './ipam-audit.js';
import { ipamErrors } from './ipam.errors.js';
import { type Slice, VRF_COLUMNS, type VrfView } from './ipam.view.js';

const LIST = statement('vrfs-list', `SELECT ${VRF_COLUMNS} FROM vrfs ORDER BY id LIMIT $1 OFFSET $2`);
const COUNT = statement('vrfs-count', 'SELECT count(*)::integer AS total FROM vrfs');
const GET = statement('vrfs-get', `SELECT ${VRF_COLUMNS} FROM vrfs WHERE id = $1`);
const LOCK = statement('vrfs-lock', `SELECT ${VRF_COLUMNS} FROM vrfs WHERE id = $1 FOR UPDATE`);
const INSERT = statement(
  'vrfs-insert',
  `INSERT INTO vrfs (name, route_distinguisher, description) VALUES ($1, $2, $3) RETURNING ${VRF_COLUMNS}`,
);
const UPDATE = statement(
  'vrfs-update',
  `UPDATE vrfs SET name = $2, route_distinguisher = $3, description = $4, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${VRF_COLUMNS}`,
);
const DELETE = statement('vrfs-delete', 'DELETE FROM vrfs WHERE id = $1');

const inUse = () => ipamErrors('network.vrf.in_use');
const REFUSALS = {
  vrfs_name_key: () => ipamErrors('network.vrf.name_taken'),
  vrfs_route_distinguisher_key: () => ipamErrors('network.vrf.distinguisher_taken'),
  prefixes_vrf_id_fkey: inUse,
  ip_reservations_vrf_id_fkey: inUse,
  subscribers_vrf_id_fkey: inUse,
};

export interface VrfValues {
  readonly name?: string | undefined;
  readonly routeDistinguisher?: string | null | undefined;
  readonly description?: string | undefined;
}

/** The routing tables (VRFs) that prefixes live in: the same prefix may be in several. */
@Injectable()
export class VrfRegister {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, page: Slice): Promise<{ readonly rows: readonly VrfView[]; readonly total: number }> {
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<VrfView>(LIST, [page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.vrf.not_found` */
  async get(actor: Actor, id: number): Promise<VrfView> {
    const vrf = await this.uow.run(actor, (tx) => tx.one<VrfView>(GET, [id]));
    if (!vrf) throw ipamErrors('network.vrf.not_found');
    return vrf;
  }

  /** @throws `network.vrf.name_taken`, `network.vrf.distinguisher_taken` */
  create(actor: Actor, values: VrfValues & { readonly name: string }): Promise<VrfView> {
    return this.uow.run(actor, async (tx) => {
      const row = [values.name, values.routeDistinguisher ?? null, values.description ?? ''];
      const vrf = (await guarded(tx.one<VrfView>(INSERT, row), REFUSALS)) as VrfView;
      note(this.audit, actor, 'vrf.create', vrf.id, { ...values });
      return vrf;
    });
  }

  /** @throws `network.vrf.not_found`, `….name_taken`, `….distinguisher_taken`, `network.ipam.stale` */
  change(actor: Actor, id: number, values: VrfValues, ifMatch?: number): Promise<VrfView> {
    return this.uow.run(actor, async (tx) => {
      const before = await this.lock(id, ifMatch);
      const diff = changesBetween(before, values);
      if (Object.keys(diff).length === 0) return before;
      const { routeDistinguisher = before.routeDistinguisher } = values;
      const row = [id, values.name ?? before.name, routeDistinguisher, values.description ?? before.description];
      const vrf = (await guarded(tx.one<VrfView>(UPDATE, row), REFUSALS)) as VrfView;
      note(this.audit, actor, 'vrf.update', id, diff);
      return vrf;
    });
  }

  /** @throws `network.vrf.not_found`, `network.vrf.is_default`, `network.vrf.in_use`, `network.ipam.stale` */
  remove(actor: Actor, id: number, ifMatch?: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { isDefault, name } = await this.lock(id, ifMatch);
      if (isDefault) throw ipamErrors('network.vrf.is_default');
      await guarded(tx.execute(DELETE, [id]), REFUSALS);
      note(this.audit, actor, 'vrf.delete', id, { name });
    });
  }

  private async lock(id: number, ifMatch: number | undefined): Promise<VrfView> {
    const vrf = await this.uow.tx.one<VrfView>(LOCK, [id]);
    if (!vrf) throw ipamErrors('network.vrf.not_found');
    refuseStale(vrf, ifMatch);
    return vrf;
  }
}
