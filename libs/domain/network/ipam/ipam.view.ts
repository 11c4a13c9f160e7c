/** The VRF that is meant where none is named; it is always there. */
export const DEFAULT_VRF_ID = 1;

export interface VrfView {
  readonly id: number;
  readonly name: string;
  /** RFC 4364, section 4.2: `65000:1` or `192.0.2.1:1`; null where nothing is exchanged with others. */
  readonly routeDistinguisher: string | null;
  readonly description: string;
  readonly isDefault: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A container holds other prefixes; from an assignment pools give addresses away. */
export type PrefixRole = 'container' | 'assignment';

export interface PrefixView {
  readonly id: number;
  readonly vrfId: number;
  readonly prefix: string;
  readonly role: PrefixRole;
  readonly parentId: number | null;
  /** The router whose subscribers have addresses of it. */
  readonly deviceId: number | null;
  readonly description: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type PoolKind = 'ipv4' | 'ipv6' | 'delegated';
/** A paused pool gives nothing away for the time being, a retired one never again; what is held stays held. */
export type PoolStatus = 'active' | 'paused' | 'retired';

export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

export interface PoolView {
  readonly id: number;
  readonly name: string;
  readonly kind: PoolKind;
  readonly vrfId: number;
  readonly prefixId: number;
  readonly deviceId: number;
  readonly prefix: string;
  /** Prefix length of what one service gets. */
  readonly unitLength: number;
  readonly status: PoolStatus;
  readonly reservedRanges: readonly AddressRange[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** In units of the pool: addresses of IPv4, prefixes of IPv6. The last four add up to `total`. */
export interface Utilisation {
  readonly total: number;
  readonly used: number;
  readonly quarantined: number;
  readonly reserved: number;
  readonly free: number;
}

export type AddressState = 'assigned' | 'reserved' | 'quarantined' | 'free';

/** Holders of other partners are null for those who may not see them. */
export interface PooledAddressView {
  readonly address: string;
  readonly state: AddressState;
  readonly serviceId: number | null;
  readonly customerId: number | null;
  readonly reservationId: number | null;
  readonly assignedAt: Date | null;
  readonly quarantinedUntil: Date | null;
}

export interface ReservationView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number | null;
  readonly vrfId: number;
  readonly address: string;
  readonly note: string;
  readonly createdAt: Date;
}

export interface VlanView {
  readonly id: number;
  readonly deviceId: number;
  readonly port: string;
  readonly vlanId: number;
  readonly automatic: boolean;
  readonly serviceId: number | null;
  readonly assignedAt: Date | null;
}

export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

const EDITED = `version, created_at AS "createdAt", updated_at AS "updatedAt"`;
export const VRF_COLUMNS = `id, name, route_distinguisher AS "routeDistinguisher", description, is_default AS "isDefault", ${EDITED}`;
export const PREFIX_COLUMNS = `id, vrf_id AS "vrfId", prefix::text AS prefix, role, parent_id AS "parentId", device_id AS "deviceId", description, ${EDITED}`;
export const POOL_COLUMNS = `id, name, kind, vrf_id AS "vrfId", prefix_id AS "prefixId", router_id AS "deviceId", prefix::text AS prefix,
  unit_length AS "unitLength", status, reserved_ranges AS "reservedRanges", ${EDITED}`;
