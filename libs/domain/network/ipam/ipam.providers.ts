import { AddressPool } from './address-pool.js';
import { AddressQueries } from './address.queries.js';
import { PoolRegister } from './pool-register.js';
import { PoolQueries } from './pool.queries.js';
import { PrefixRegister } from './prefix-register.js';
import { PrefixQueries } from './prefix.queries.js';
import { Reservations } from './reservations.js';
import { UnitPool } from './unit-pool.js';
import { VlanPool } from './vlan-pool.js';
import { VlanRanges } from './vlan-ranges.js';
import { VrfRegister } from './vrf-register.js';

/** Address management, as other domains and the APIs use it. */
export const IPAM = [
  AddressPool,
  AddressQueries,
  PoolQueries,
  PoolRegister,
  PrefixQueries,
  PrefixRegister,
  Reservations,
  VlanRanges,
  VrfRegister,
];
/** What it uses itself. */
export const IPAM_INTERNALS = [UnitPool, VlanPool];
