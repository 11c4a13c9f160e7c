import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { NAS_COLUMNS, type NasView } from './nas.view.js';

const MATCH = `FROM devices WHERE nas_address IS NOT NULL AND nas_secret IS NOT NULL AND status = 'active'`;
const LIST = statement('nas-list', `SELECT ${NAS_COLUMNS} ${MATCH} ORDER BY id DESC LIMIT $1 OFFSET $2`);
const COUNT = statement('nas-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('nas-get', `SELECT ${NAS_COLUMNS} ${MATCH} AND id = $1`);

/** Reads of the RADIUS server's clients. */
@Injectable()
export class NasQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<NasView>(LIST, [page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.nas.not_found` */
  async get(actor: Actor, deviceId: number): Promise<NasView> {
    const nas = await this.uow.read(actor, (tx) => tx.one<NasView>(GET, [deviceId]));
    if (!nas) throw networkErrors('network.nas.not_found');
    return nas;
  }
}
