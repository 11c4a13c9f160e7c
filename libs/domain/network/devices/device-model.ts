import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import {
  UnitOfWork,
  statement,
  violatedConstraint,
  type SortedSlice,
  sortedStatements,
  sorting,
} from '@isp/platform/database';
import type { OidMap } from '../drivers/snmp/oid-map.js';
import { networkErrors } from '../network.errors.js';
import type { DeviceKind } from './device.view.js';

export interface DeviceModelView {
  readonly id: number;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly vendor: string;
  readonly oids: OidMap;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type DeviceModelValues = Pick<DeviceModelView, 'name' | 'kind' | 'vendor' | 'oids'>;

const COLUMNS = 'id, name, kind, vendor, oids, version, created_at AS "createdAt", updated_at AS "updatedAt"';
const MATCH = 'FROM device_models WHERE ($1::text IS NULL OR kind = $1)';
export const DEVICE_MODEL_SORTING = sorting({
  id: 'id',
  otherwise: ['id'],
  fields: {
    created_at: 'created_at',
    name: 'lower(name)',
  },
});
const LISTS = sortedStatements(
  'device-models-list',
  DEVICE_MODEL_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $2 OFFSET $3`,
);
const COUNT = statement('device-models-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('device-models-get', `SELECT ${COLUMNS} FROM device_models WHERE id = $1`);
const INSERT = statement(
  'device-models-insert',
  `INSERT INTO device_models (name, kind, vendor, oids) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
);
const UPDATE = statement(
  'device-models-update',
  `UPDATE device_models SET name = coalesce($2, name), kind = coalesce($3, kind), vendor = coalesce($4, vendor),
          oids = coalesce($5, oids), version = version + 1, updated_at = now()
    WHERE id = $1 AND version = coalesce($6, version) RETURNING ${COLUMNS}`,
);

interface Write {
  readonly actor: Actor;
}

/** Models of equipment: what they are asked, as data. */
@Injectable()
export class DeviceModels {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, kind: DeviceKind | undefined, page: SortedSlice<typeof DEVICE_MODEL_SORTING>) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<DeviceModelView>(LISTS.of(page.sort), [kind ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [kind ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.model.not_found` */
  async get(actor: Actor, id: number): Promise<DeviceModelView> {
    const model = await this.uow.read(actor, (tx) => tx.one<DeviceModelView>(GET, [id]));
    if (!model) throw networkErrors('network.model.not_found');
    return model;
  }

  /** @throws `network.model.name_taken` */
  create({ actor, ...values }: DeviceModelValues & Write): Promise<DeviceModelView> {
    const { name, kind, vendor, oids } = values;
    return this.uow.run(actor, async (tx) => {
      const made = await named(() => tx.one<DeviceModelView>(INSERT, [name, kind, vendor, JSON.stringify(oids)]));
      this.note(actor, 'device_model.create', (made as DeviceModelView).id, values);
      return made as DeviceModelView;
    });
  }

  /** @throws `network.model.not_found`, `network.model.version_mismatch`, `network.model.name_taken` */
  change(input: Write & { id: number; changes: Partial<DeviceModelValues>; ifMatch?: number | undefined }) {
    const { actor, id, changes, ifMatch } = input;
    const { name = null, kind = null, vendor = null, oids } = changes;
    const values = [id, name, kind, vendor, oids ? JSON.stringify(oids) : null, ifMatch ?? null];
    return this.uow.run(actor, async (tx): Promise<DeviceModelView> => {
      const saved = await named(() => tx.one<DeviceModelView>(UPDATE, values));
      if (!saved)
        throw networkErrors((await tx.one(GET, [id])) ? 'network.model.version_mismatch' : 'network.model.not_found');
      this.note(actor, 'device_model.update', id, changes);
      return saved;
    });
  }

  private note(actor: Actor, action: string, id: number, changes: object): void {
    const subject = { type: 'device_model', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes: { ...changes } });
  }
}

function named<T>(write: () => Promise<T>): Promise<T> {
  return write().catch((error: unknown) => {
    if (violatedConstraint(error) === 'device_models_name_key') throw networkErrors('network.model.name_taken');
    throw error;
  });
}
