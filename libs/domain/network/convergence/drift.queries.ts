import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sorting, statement } from '@isp/platform/database';
import type { SubscriberAccess } from '../drivers/device-driver.port.js';
import { networkErrors } from '../network.errors.js';
import { DRIFT_COLUMNS, type DriftKind, type DriftView } from './drift.view.js';

const DESIRED = statement(
  'network-desired-of-service',
  `SELECT s.id AS "serviceId", u.username, u.router_id AS "routerId", u.access, u.bandwidth_profile AS profile,
          u.download_kbps AS "downloadKbps", u.upload_kbps AS "uploadKbps", u.throttled, host(u.address) AS address,
          u.desired_version AS "desiredVersion", u.confirmed_version AS "confirmedVersion", u.changed_at AS "changedAt",
          u.confirmed_at AS "confirmedAt", u.convergence, u.convergence_error AS error, u.convergence_attempts AS attempts
     FROM services s LEFT JOIN subscribers u ON u.service_id = s.id WHERE s.id = $1`,
);
const OBSERVED = statement(
  'network-observed-of-service',
  `SELECT r.radacctid::text AS id, r.acctsessionid AS "sessionId", host(r.nasipaddress) AS "nasAddress", host(r.framedipaddress) AS address,
          r.granted_version AS version, r.granted_access AS access, r.granted_download_kbps AS "downloadKbps",
          r.granted_upload_kbps AS "uploadKbps", r.acctstarttime AS "startedAt", r.acctupdatetime AS "updatedAt",
          r.disconnected_at AS "disconnectedAt", coalesce(d.session_driver IS NOT NULL, false) AS reachable
     FROM radius.radacct r LEFT JOIN devices d ON d.nas_address = r.nasipaddress AND d.status = 'active'
    WHERE r.service_id = $1 AND r.acctstoptime IS NULL ORDER BY r.radacctid LIMIT 20`,
);

export interface DesiredView {
  readonly serviceId: number;
  readonly username: string | null;
  readonly routerId: number;
  readonly access: SubscriberAccess;
  readonly profile: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly throttled: boolean;
  readonly address: string | null;
  readonly desiredVersion: number;
  readonly confirmedVersion: number;
  readonly changedAt: Date;
  readonly confirmedAt: Date | null;
  readonly convergence: 'pending' | 'confirmed' | 'unreachable' | 'held';
  readonly error: string | null;
  readonly attempts: number;
}

/** An open session with what it was given; null where its NAS never said. */
export interface ObservedSessionView {
  readonly id: string;
  readonly sessionId: string;
  readonly nasAddress: string;
  readonly address: string | null;
  readonly version: number | null;
  readonly access: 'open' | 'walled_garden' | null;
  readonly downloadKbps: number | null;
  readonly uploadKbps: number | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly disconnectedAt: Date | null;
  /** Whether its NAS can be told to change or end it. */
  readonly reachable: boolean;
}

export interface DriftFilter {
  readonly open?: boolean | undefined;
  readonly kind?: DriftKind | undefined;
  readonly serviceId?: number | undefined;
}

export const DRIFT_SORTING = sorting({
  id: 'd.id',
  otherwise: ['d.id DESC'],
  fields: { detected_at: 'd.id', repaired_at: { by: ['d.repaired_at'], nullable: true, within: ['service_id'] } },
});

/** Reads of what is wanted of the network, what it does, and where both differ; inside the reader's walls. */
@Injectable()
export class DriftQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. */
  list(actor: Actor, filter: DriftFilter, page: SortedSlice<typeof DRIFT_SORTING>) {
    const { name, where, values } = conditionsOf(filter);
    const list = statement(
      `drifts-list-${name}${page.sort === undefined ? '' : `-by-${page.sort}`}`,
      `SELECT ${DRIFT_COLUMNS} FROM network_drifts d ${where} ORDER BY ${DRIFT_SORTING.orderBy(page.sort)} LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    );
    const counting = statement(
      `drifts-count-${name}`,
      `SELECT count(*)::integer AS total FROM network_drifts d ${where}`,
    );
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<DriftView>(list, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(counting, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Desired and observed side by side. @throws `network.service.not_found`, `network.subscriber.none` */
  async ofService(actor: Actor, serviceId: number) {
    const [desired, sessions] = await this.uow.read(actor, (tx) =>
      Promise.all([tx.one<DesiredView>(DESIRED, [serviceId]), tx.query<ObservedSessionView>(OBSERVED, [serviceId])]),
    );
    if (!desired) throw networkErrors('network.service.not_found');
    if (desired.username === null) throw networkErrors('network.subscriber.none');
    return { desired, sessions };
  }
}

/** Only what is asked stands in the text, so that each question finds its own index. */
function conditionsOf({ open, kind, serviceId }: DriftFilter) {
  const asked: [name: string, condition: string, value: unknown][] = [];
  if (kind !== undefined) asked.push(['kind', 'd.kind = ?', kind]);
  if (serviceId !== undefined) asked.push(['service', 'd.service_id = ?', serviceId]);
  const conditions = asked.map(([, condition], index) => condition.replace('?', `$${index + 1}`));
  if (open !== undefined) conditions.push(open ? 'd.repaired_at IS NULL' : 'd.repaired_at IS NOT NULL');
  return {
    name: [...asked.map(([one]) => one), open === undefined ? 'any' : open ? 'open' : 'repaired'].join('-'),
    where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    values: asked.map(([, , value]) => value),
  };
}
