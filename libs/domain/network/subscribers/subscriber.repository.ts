import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { BandwidthProfileView } from '../devices/router.queries.js';
import type { AssignedAddress } from '../addresses/address-pool.js';

export interface SubscriberInput {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly assigned: AssignedAddress;
  readonly profile: BandwidthProfileView;
}

export interface SubscriberView {
  readonly username: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly vlanId: number | null;
  readonly routerId: number;
  readonly profile: string;
}

const REALM = 'isp.internal';

const PUT = statement(
  'subscribers-put',
  `INSERT INTO subscribers AS s (partner_id, customer_id, service_id, username, password_sealed, router_id, vlan_id, address, prefix_length, bandwidth_profile, download_kbps, upload_kbps)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   ON CONFLICT (service_id) DO UPDATE SET router_id = excluded.router_id, vlan_id = excluded.vlan_id, address = excluded.address,
     prefix_length = excluded.prefix_length, bandwidth_profile = excluded.bandwidth_profile,
     download_kbps = excluded.download_kbps, upload_kbps = excluded.upload_kbps, access = 'open', throttled = false,
     desired_version = s.desired_version + 1, changed_at = now(), convergence = 'pending', updated_at = now()
   RETURNING username, host(address) AS address, prefix_length AS "prefixLength", vlan_id AS "vlanId", router_id AS "routerId",
     bandwidth_profile AS profile`,
);

/** PPPoE accounts: one per service, its password made here and sealed at rest. */
@Injectable()
export class SubscriberRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
  ) {}

  /** Creates the account of a service or points it elsewhere; an existing account keeps its password. */
  async put(input: SubscriberInput): Promise<SubscriberView> {
    const password = randomBytes(12).toString('base64url');
    const sealed = this.secrets.seal(password, {
      table: 'subscribers',
      column: 'password_sealed',
      row: input.serviceId,
    });
    return (await this.uow.tx.one<SubscriberView>(PUT, [
      input.partnerId,
      input.customerId,
      input.serviceId,
      `${input.serviceGuid.replaceAll('-', '')}@${REALM}`,
      sealed,
      input.routerId,
      input.vlanId,
      input.assigned.address,
      input.assigned.prefixLength,
      input.profile.name,
      input.profile.downloadKbps,
      input.profile.uploadKbps,
    ])) as SubscriberView;
  }
}
