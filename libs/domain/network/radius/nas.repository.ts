import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { NAS_COLUMNS, type NasView } from './nas.view.js';

const LOCK = statement(
  'nas-lock',
  `SELECT ${NAS_COLUMNS}, nas_secret IS NOT NULL AS "isNas" FROM devices WHERE id = $1 AND status = 'active' FOR UPDATE`,
);
const SET = statement(
  'nas-set',
  `UPDATE devices SET nas_address = $2::inet, nas_identifier = $3, nas_secret = coalesce($4, nas_secret), version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${NAS_COLUMNS}`,
);
const CLEAR = statement(
  'nas-clear',
  `UPDATE devices SET nas_address = NULL, nas_identifier = NULL, nas_secret = NULL, version = version + 1, updated_at = now() WHERE id = $1`,
);

export interface NasChange {
  readonly address: string;
  readonly identifier: string | null;
  /** Sealed; undefined keeps the one that is there. */
  readonly secret?: Buffer | undefined;
}

/** The RADIUS side of devices. */
@Injectable()
export class NasRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** A device, locked, whether it is a NAS or not. @throws `network.nas.not_found`, `network.nas.version_mismatch` */
  async lock(id: number, version?: number): Promise<NasView & { readonly isNas: boolean }> {
    const found = await this.uow.tx.one<NasView & { readonly isNas: boolean }>(LOCK, [id]);
    if (!found) throw networkErrors('network.nas.not_found');
    if (version !== undefined && version !== found.version) throw networkErrors('network.nas.version_mismatch');
    return found;
  }

  /** The same, of a device that is a NAS. @throws `network.nas.not_found`, `network.nas.version_mismatch` */
  async lockNas(id: number, version?: number): Promise<NasView> {
    const { isNas, ...nas } = await this.lock(id, version);
    if (!isNas) throw networkErrors('network.nas.not_found');
    return nas;
  }

  /** @throws `network.nas.address_taken` */
  async set(id: number, { address, identifier, secret }: NasChange): Promise<NasView> {
    try {
      return (await this.uow.tx.one<NasView>(SET, [id, address, identifier, secret ?? null])) as NasView;
    } catch (error) {
      if (violatedConstraint(error) === 'devices_nas_address_key')
        throw networkErrors('network.nas.address_taken', { address });
      throw error;
    }
  }

  async clear(id: number): Promise<void> {
    await this.uow.tx.execute(CLEAR, [id]);
  }
}
