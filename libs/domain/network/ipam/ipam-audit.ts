import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import type { AuditTrail } from '@isp/domain/audit';
import { ipamErrors } from './ipam.errors.js';

/** Notes a change of the operator's network in the operator's chain. */
export function note(
  audit: AuditTrail,
  actor: Actor,
  action: `${'vrf' | 'prefix' | 'pool' | 'vlan'}.${string}`,
  id: number,
  changes: Readonly<Record<string, unknown>>,
): void {
  const type = action.slice(0, action.indexOf('.'));
  audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject: { type, id }, changes });
}

/** Refuses a change to something that is not what the caller read. @throws `network.ipam.stale` */
export function refuseStale(row: { readonly version: number }, ifMatch: number | undefined): void {
  if (ifMatch !== undefined && ifMatch !== row.version) throw ipamErrors('network.ipam.stale');
}
