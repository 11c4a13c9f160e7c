import { Injectable } from '@nestjs/common';
import { SecretBox } from '@isp/platform/crypto';
import { type Transaction, UnitOfWork, rowsOf, statement, violatedConstraint } from '@isp/platform/database';
import { newPassword } from '../radius/credentials.usecase.js';
import { RadiusVault } from '../radius/radius-vault.js';
import type { BandwidthProfileView } from '../devices/router.queries.js';
import type { AssignedAddress } from '../ipam/address-pool.js';
import { networkErrors } from '../network.errors.js';

export interface SubscriberInput {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly serviceGuid: string;
  /** PPPoE user name; made of the service's guid when absent. */
  readonly username?: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly assigned: AssignedAddress;
  /** Framed-IPv6-Prefix and Delegated-IPv6-Prefix; null where the router has no pool of them. */
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly profile: BandwidthProfileView;
}

export interface SubscriberView {
  readonly username: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly vlanId: number | null;
  readonly routerId: number;
  readonly profile: string;
  readonly desiredVersion: number;
}

const REALM = 'isp.internal';

const TYPES = [
  'integer',
  'integer',
  'integer',
  'text',
  'text',
  'integer',
  'integer',
  'inet',
  'integer',
  'text',
  'integer',
  'integer',
  'integer',
  'cidr',
  'cidr',
  'bytea',
];
const PUT = statement(
  'subscribers-put-all',
  `INSERT INTO subscribers AS s (partner_id, customer_id, service_id, username, password_sealed, router_id, vlan_id, address, prefix_length, bandwidth_profile, download_kbps, upload_kbps,
     vrf_id, ipv6_prefix, delegated_prefix, password_radius)
   SELECT * FROM ${rowsOf(...TYPES)} AS asked
   ON CONFLICT (service_id) DO UPDATE SET router_id = excluded.router_id, vlan_id = excluded.vlan_id, address = excluded.address,
     vrf_id = excluded.vrf_id, ipv6_prefix = excluded.ipv6_prefix, delegated_prefix = excluded.delegated_prefix,
     prefix_length = excluded.prefix_length, bandwidth_profile = excluded.bandwidth_profile,
     download_kbps = excluded.download_kbps, upload_kbps = excluded.upload_kbps, access = 'open', throttled = false, leaving = false,
     desired_version = s.desired_version + 1, changed_at = now(), convergence = 'pending', updated_at = now()
   RETURNING service_id AS "serviceId", username, host(address) AS address, prefix_length AS "prefixLength", vlan_id AS "vlanId", router_id AS "routerId",
     bandwidth_profile AS profile, desired_version AS "desiredVersion"`,
);

const SERVICE = 2;

/** Rows in the order of their services, as everybody writes them. */
async function putAll(rows: readonly (readonly unknown[])[], tx: Transaction): Promise<readonly SubscriberView[]> {
  const inOrder = rows.toSorted((one, other) => Number(one[SERVICE]) - Number(other[SERVICE]));
  const columns = (inOrder[0] ?? []).map((_, column) => inOrder.map((row) => row[column]));
  const put = await tx.query<SubscriberView & { readonly serviceId: number }>(PUT, columns);
  const views = new Map(put.map(({ serviceId, ...view }) => [serviceId, view]));
  return rows.map((row) => views.get(row[SERVICE] as number) as SubscriberView);
}

/** PPPoE accounts: one per service, its password made here and sealed at rest. */
@Injectable()
export class SubscriberRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly vault: RadiusVault,
  ) {}

  /**
   * Creates the account of a service or points it elsewhere; an existing account keeps its password.
   * @throws `network.subscriber.username_taken`
   */
  async put(input: SubscriberInput): Promise<SubscriberView> {
    try {
      return await this.insert(input);
    } catch (error) {
      if (violatedConstraint(error) === 'subscribers_username_key')
        throw networkErrors('network.subscriber.username_taken');
      throw error;
    }
  }

  private insert(input: SubscriberInput): Promise<SubscriberView> {
    const password = newPassword();
    const sealed = this.secrets.seal(password, {
      table: 'subscribers',
      column: 'password_sealed',
      row: input.serviceId,
    });
    return this.uow.tx.gather(putAll, [
      input.partnerId,
      input.customerId,
      input.serviceId,
      input.username ?? `${input.serviceGuid.replaceAll('-', '')}@${REALM}`,
      sealed,
      input.routerId,
      input.vlanId,
      input.assigned.address,
      input.assigned.prefixLength,
      input.profile.name,
      input.profile.downloadKbps,
      input.profile.uploadKbps,
      input.assigned.vrfId,
      input.ipv6Prefix,
      input.delegatedPrefix,
      this.vault.seal(password, { subscriberOf: input.serviceId }),
    ]);
  }
}
