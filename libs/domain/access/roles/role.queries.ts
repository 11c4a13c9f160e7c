import { Injectable } from '@nestjs/common';
import { type Actor, PERMISSIONS, type Permission } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { expandPermissions } from './grants.policy.js';

export interface RoleView {
  readonly name: string;
  readonly title: string;
  readonly reach: Actor['reach'];
  readonly permissions: readonly Permission[];
}

interface RoleRow extends Omit<RoleView, 'permissions'> {
  readonly permissions: readonly string[];
}

const LIST = statement(
  'access-roles-list',
  `SELECT r.name, r.title, r.reach, coalesce(array_agg(p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS permissions
     FROM roles r LEFT JOIN role_permissions p ON p.role = r.name GROUP BY r.name ORDER BY r.name`,
);

@Injectable()
export class RoleQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** Every role with its permissions in the order of the list of permissions. */
  async list(actor: Actor): Promise<RoleView[]> {
    const rows = await this.uow.run(actor, (tx) => tx.query<RoleRow>(LIST));
    return rows.map((row) => {
      const held = expandPermissions(row.permissions);
      return { ...row, permissions: PERMISSIONS.filter((permission) => held.has(permission)) };
    });
  }
}
