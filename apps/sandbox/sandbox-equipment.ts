import type { CreateNode, DeviceModelValues, OidMap } from '@isp/domain/network';

type NodeValues = Omit<Parameters<CreateNode['execute']>[0], 'actor'>;

/** Where the sandbox's equipment stands. */
export const NODES: readonly NodeValues[] = [
  { code: 'POP-NY-01', name: 'New York 60 Hudson', kind: 'pop', latitude: 40.71766, longitude: -74.00867 },
  { code: 'POP-SP-01', name: 'Springfield exchange', kind: 'exchange', latitude: 39.80172, longitude: -89.64371 },
  { code: 'CAB-NY-01', name: 'Anytown cabinet 1', kind: 'cabinet', latitude: 40.7306, longitude: -73.9866 },
];

/** Simulated agents answer below their own OIDs; these say what a real device of the kind would be asked. */
const SYSTEM: OidMap = { uptimeSeconds: { oid: '1.3.6.1.2.1.1.3.0', scale: 0.01 } };

export const MODELS = {
  olt: { name: 'SIM-OLT-16', kind: 'olt', vendor: 'Sandbox', oids: SYSTEM },
  ont: { name: 'SIM-ONT-4', kind: 'ont', vendor: 'Sandbox', oids: SYSTEM },
} as const satisfies Record<string, DeviceModelValues>;

/** The role of a router in the RADIUS world: `nasAddress` is one of the loopback, that of no other NAS. */
export const NASES = [
  { router: 'bng-1', node: 'POP-NY-01', nasAddress: '127.0.0.1', coaPort: 3799 },
  { router: 'bng-2', node: 'POP-SP-01', nasAddress: '127.0.0.2', coaPort: 3799 },
] as const;

export const OLT = { name: 'olt-ny-1', node: 'CAB-NY-01', parent: 'bng-1' } as const;
export const ONTS_PER_PORT = 32;
/** Seconds: how often a sandbox's equipment is asked how it is. */
export const POLL_SECONDS = 300;

/** A few ONTs are not well, for whoever wants to look at alarms: by their place among all. */
export const ONT_FAULTS: ReadonlyMap<number, string> = new Map([
  [17, 'bad_optical'],
  [23, 'offline'],
]);
