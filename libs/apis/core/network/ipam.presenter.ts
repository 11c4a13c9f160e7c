import type {
  AddressView,
  HoldingView,
  PoolView,
  PoolWithUtilisation,
  PooledAddressView,
  PrefixView,
  ReservationView,
  VlanView,
  VrfView,
} from '@isp/domain/network';
import { toIsoSeconds } from '@isp/kernel';

const timeOrNull = (instant: Date | null): string | null => (instant ? toIsoSeconds(instant) : null);
const edited = ({ createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date }) => ({
  created_at: toIsoSeconds(createdAt),
  updated_at: toIsoSeconds(updatedAt),
});

export function presentVrf(view: VrfView) {
  return {
    id: view.id,
    name: view.name,
    route_distinguisher: view.routeDistinguisher,
    description: view.description,
    is_default: view.isDefault,
    ...edited(view),
  };
}

export function presentPrefix(view: PrefixView) {
  return {
    id: view.id,
    vrf_id: view.vrfId,
    prefix: view.prefix,
    role: view.role,
    parent_id: view.parentId,
    device_id: view.deviceId,
    description: view.description,
    ...edited(view),
  };
}

export function presentPool(view: PoolView) {
  return {
    id: view.id,
    name: view.name,
    kind: view.kind,
    vrf_id: view.vrfId,
    prefix_id: view.prefixId,
    device_id: view.deviceId,
    prefix: view.prefix,
    unit_length: view.unitLength,
    status: view.status,
    reserved_ranges: view.reservedRanges,
    ...edited(view),
  };
}

export function presentPoolDetail(view: PoolWithUtilisation) {
  return { ...presentPool(view), utilisation: view.utilisation };
}

type Held = Omit<PooledAddressView, 'state'> & { readonly state: PooledAddressView['state'] | null };

export function presentPooledAddress(view: Held) {
  return {
    address: view.address,
    state: view.state,
    service_id: view.serviceId,
    customer_id: view.customerId,
    reservation_id: view.reservationId,
    assigned_at: timeOrNull(view.assignedAt),
    quarantined_until: timeOrNull(view.quarantinedUntil),
  };
}

export function presentAddress(view: AddressView, vrfId: number) {
  const place = { vrf_id: vrfId, prefix_id: view.prefixId, prefix: view.prefix, pool_id: view.poolId };
  return { ...presentPooledAddress(view), ...place };
}

/** Instants to the millisecond: who had an address in a second in which it changed hands must be told apart. */
export function presentHolding(view: HoldingView) {
  return {
    address: view.address,
    service_id: view.serviceId,
    customer_id: view.customerId,
    partner_id: view.partnerId,
    from: view.since.toISOString(),
    to: view.until?.toISOString() ?? null,
  };
}

export function presentReservation(view: ReservationView) {
  return {
    id: view.id,
    vrf_id: view.vrfId,
    address: view.address,
    customer_id: view.customerId,
    service_id: view.serviceId,
    partner_id: view.partnerId,
    note: view.note,
    created_at: toIsoSeconds(view.createdAt),
  };
}

export function presentVlan(view: VlanView) {
  return {
    id: view.id,
    device_id: view.deviceId,
    port: view.port === '' ? null : view.port,
    vlan_id: view.vlanId,
    automatic: view.automatic,
    service_id: view.serviceId,
    assigned_at: timeOrNull(view.assignedAt),
  };
}
