import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork, rowsOf, statement } from '@isp/platform/database';
import type { SubscriberAccess } from '../drivers/device-driver.port.js';
import { networkErrors } from '../network.errors.js';
import { type BandwidthProfileView, RouterQueries } from '../devices/router.queries.js';
import type { PreparedSubscriber } from './prepare-subscriber.usecase.js';
import { SubscriberPlace } from './subscriber-place.js';

const COLUMNS = `username, router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, prefix_length AS "prefixLength",
  ipv6_prefix::text AS "ipv6Prefix", delegated_prefix::text AS "delegatedPrefix",
  bandwidth_profile AS "profileName", download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps", access,
  desired_version AS "desiredVersion"`;
const LOCK = statement(
  'subscribers-lock',
  `SELECT ${COLUMNS} FROM subscribers WHERE service_id = $1 FOR NO KEY UPDATE`,
);
const EXISTS = statement(
  'subscribers-exists',
  'SELECT 1 FROM subscribers WHERE service_id = $1 AND address IS NOT NULL',
);
// Access and throttling stay: only where the subscriber is changes.
const RELOCATE = statement(
  'subscribers-relocate',
  `UPDATE subscribers SET router_id = $2, vlan_id = $3, address = $4, prefix_length = $5, vrf_id = $9,
          ipv6_prefix = $10, delegated_prefix = $11,
          bandwidth_profile = coalesce($6, bandwidth_profile),
          download_kbps = coalesce($7, download_kbps), upload_kbps = coalesce($8, upload_kbps),
          desired_version = desired_version + 1, changed_at = now(), convergence = 'pending', convergence_error = NULL,
          leaving = false, updated_at = now()
    WHERE service_id = $1 RETURNING ${COLUMNS}`,
);
const CONFIRM = statement(
  'subscribers-confirm-versions',
  `UPDATE subscribers s SET confirmed_version = seen.version, confirmed_at = now(), convergence_error = NULL, router_seen = NULL, router_wanted = NULL,
          convergence = CASE WHEN s.desired_version = seen.version THEN 'confirmed' ELSE s.convergence END, updated_at = now()
     FROM ${rowsOf('integer', 'integer')} AS seen(service_id, version)
    WHERE s.service_id = seen.service_id AND s.confirmed_version < seen.version`,
);
// A version of its own: whoever tells the router of one before it does so in vain, and sees that there is more to do.
const SHUT = statement(
  'subscribers-shut',
  `UPDATE subscribers SET access = 'closed', leaving = true, desired_version = desired_version + 1, changed_at = now(),
          convergence = 'pending', updated_at = now()
    WHERE service_id = $1 AND address IS NOT NULL AND NOT leaving`,
);
// Without an address nothing converges it any more, and the address may serve somebody else.
const CLOSE = statement(
  'subscribers-close',
  `UPDATE subscribers SET access = 'closed', leaving = false, address = NULL, desired_version = desired_version + 1,
          confirmed_version = desired_version + 1, confirmed_at = now(), changed_at = now(), convergence = 'confirmed',
          convergence_error = NULL, router_seen = NULL, router_wanted = NULL, updated_at = now()
    WHERE service_id = $1`,
);

interface Row {
  readonly username: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly address: string | null;
  readonly prefixLength: number;
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly profileName: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess;
  readonly desiredVersion: number;
}

/** Where a subscriber is to be. */
export interface Place {
  readonly routerId: number;
  readonly vlanId: number | null;
  /** Host with prefix length; any free address of the router when absent. */
  readonly ipAssignment?: string | undefined;
  readonly bandwidthProfile?: string | undefined;
}

interface Seen {
  readonly serviceId: number;
  readonly version: number;
}

/** In the order of the services, so that two transactions that confirm several cannot deadlock. */
function confirmAll(seen: readonly Seen[], tx: Transaction): Promise<number> {
  const inOrder = seen.toSorted((one, other) => one.serviceId - other.serviceId);
  return tx.execute(CONFIRM, [inOrder.map(({ serviceId }) => serviceId), inOrder.map(({ version }) => version)]);
}

/** What sagas do to a subscriber's row. All of it happens in the caller's transaction. */
@Injectable()
export class SubscriberSteps {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly place: SubscriberPlace,
  ) {}

  /** Whether the network is to know the service at all. */
  async exists(serviceId: number): Promise<boolean> {
    return (await this.uow.tx.one(EXISTS, [serviceId])) !== undefined;
  }

  /** The subscriber as it is to be, locked; undefined when there is none or it was closed. */
  async current(serviceId: number): Promise<PreparedSubscriber | undefined> {
    const row = await this.uow.tx.one<Row>(LOCK, [serviceId]);
    return row && row.address !== null ? this.prepared(row) : undefined;
  }

  /**
   * Moves a subscriber to a router, VLAN and address; it keeps its address where the place allows it.
   * @throws `network.subscriber.none`, `network.router.unknown`, `network.profile.unknown`, `network.address.taken`,
   *   `network.address.not_routed`, `network.pool.exhausted`
   */
  async relocate(serviceId: number, from: { readonly routerId: number }, to: Place): Promise<PreparedSubscriber> {
    const profile: BandwidthProfileView | undefined =
      to.bandwidthProfile === undefined ? undefined : await this.routers.profile(to.bandwidthProfile);
    if (from.routerId !== to.routerId && to.ipAssignment === undefined) await this.place.release(serviceId);
    const held = await this.place.take(serviceId, to.routerId, { ...to, vlanId: to.vlanId ?? undefined });
    const row = await this.uow.tx.one<Row>(RELOCATE, [
      serviceId,
      to.routerId,
      held.vlanId,
      held.assigned.address,
      held.assigned.prefixLength,
      profile?.name ?? null,
      profile?.downloadKbps ?? null,
      profile?.uploadKbps ?? null,
      held.assigned.vrfId,
      held.ipv6Prefix,
      held.delegatedPrefix,
    ]);
    if (!row) throw networkErrors('network.subscriber.none');
    return this.prepared(row);
  }

  /** Notes that the network was seen to follow this version; it travels with the commit. */
  confirm(serviceId: number, version: number): void {
    this.uow.tx.collect(confirmAll, { serviceId, version });
  }

  /** Nothing is open for the subscriber from now on, and nobody puts it on its router any more. */
  async shut(serviceId: number): Promise<void> {
    await this.uow.tx.execute(SHUT, [serviceId]);
  }

  /** Ends the subscriber: its address goes back to the pool, its credentials open nothing. */
  async close(serviceId: number): Promise<void> {
    await this.place.release(serviceId);
    await this.uow.tx.execute(CLOSE, [serviceId]);
  }

  private async prepared(row: Row): Promise<PreparedSubscriber> {
    const { username, vlanId, access, prefixLength, desiredVersion, ipv6Prefix, delegatedPrefix } = row;
    const profile = { name: row.profileName, downloadKbps: row.downloadKbps, uploadKbps: row.uploadKbps };
    const state = { username, address: row.address ?? '', ipv6Prefix, delegatedPrefix, vlanId, profile, access };
    return { router: await this.routers.get(row.routerId), state, prefixLength, desiredVersion };
  }
}
