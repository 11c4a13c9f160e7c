import { type Actor, OPERATOR_PARTNER_ID, PERMISSIONS, type Permission } from '@isp/contracts';

/** Stands for every permission in the data of a role. */
const EVERY_PERMISSION = '*';

const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS);
const WIDTH: Readonly<Record<Actor['reach'], number>> = { customer: 0, partner: 1, all: 2 };

function isPermission(text: string): text is Permission {
  return KNOWN.has(text);
}

/** The permissions behind role data or scopes: `*` spelled out, names that this version does not know left out. */
export function expandPermissions(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(names.includes(EVERY_PERMISSION) ? PERMISSIONS : names.filter(isPermission));
}

/** The reach of a user with several roles. Beyond their own partner only the operator's people see anything. */
export function widestReach(reaches: readonly Actor['reach'][], partnerId: number): Actor['reach'] {
  return partnerId === OPERATOR_PARTNER_ID && reaches.includes('all') ? 'all' : 'partner';
}

export interface Grant {
  readonly permissions: Iterable<Permission>;
  readonly reach: Actor['reach'];
}

/** Whether the actor itself may do, and reach, all of what it is about to hand to somebody. */
export function mayGrant(actor: Actor, { permissions, reach }: Grant): boolean {
  if (WIDTH[reach] > WIDTH[actor.reach]) return false;
  for (const permission of permissions) if (!actor.permissions.has(permission)) return false;
  return true;
}
