import { Injectable } from '@nestjs/common';
import type { Actor, Permission } from '@isp/contracts';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { expandPermissions } from '../roles/grants.policy.js';
import { UserEntity } from './user.entity.js';

export interface RoleGrant {
  readonly name: string;
  readonly reach: Actor['reach'];
  readonly permissions: ReadonlySet<Permission>;
}

interface RoleRow {
  readonly name: string;
  readonly reach: Actor['reach'];
  readonly permissions: readonly string[];
}

const ROLE = `SELECT r.name, r.reach, coalesce(array_agg(p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS permissions
  FROM roles r LEFT JOIN role_permissions p ON p.role = r.name`;
const ROLES = statement('access-roles-named', `${ROLE} WHERE r.name = ANY ($1) GROUP BY r.name`);
const ROLES_OF = statement(
  'access-roles-of-user',
  `${ROLE} WHERE r.name IN (SELECT role FROM user_roles WHERE partner_id = $1 AND user_id = $2) GROUP BY r.name`,
);
const SET_ROLES = statement(
  'access-user-roles-set',
  `WITH gone AS (DELETE FROM user_roles WHERE partner_id = $1 AND user_id = $2 AND role <> ALL ($3))
   INSERT INTO user_roles (partner_id, user_id, role) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`,
);
const PARTNER = statement('access-partner-exists', 'SELECT id FROM partners WHERE id = $1');

/** Users and what their roles allow, on the caller's transaction. */
@Injectable()
export class UserRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The user, locked. @throws DomainError `access.user.not_found`, `access.user.version_mismatch` */
  async lock(id: number, expectedVersion?: number): Promise<UserEntity> {
    const user = await this.uow.tx.manager.findOne(UserEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!user) throw accessErrors('access.user.not_found');
    if (expectedVersion !== undefined && user.version !== expectedVersion)
      throw accessErrors('access.user.version_mismatch');
    return user;
  }

  lockOfCustomer(partnerId: number, customerId: number): Promise<UserEntity | null> {
    return this.uow.tx.manager.findOne(UserEntity, {
      where: { partnerId, customerId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** @throws DomainError `access.user.username_taken`, `access.user.email_taken` */
  async save(user: UserEntity): Promise<UserEntity> {
    try {
      // A failed write must leave the caller's transaction usable.
      return await this.uow.tx.savepoint(() => this.uow.tx.manager.save(UserEntity, user));
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'users_username') throw accessErrors('access.user.username_taken');
      if (constraint === 'users_staff_email') throw accessErrors('access.user.email_taken');
      throw error;
    }
  }

  /** @throws DomainError `access.role.unknown` */
  async roles(names: readonly string[]): Promise<RoleGrant[]> {
    const found = (await this.uow.tx.query<RoleRow>(ROLES, [names])).map(grantOf);
    const missing = names.find((name) => !found.some((role) => role.name === name));
    if (missing !== undefined) throw accessErrors('access.role.unknown', { role: missing });
    return found;
  }

  async rolesOf(user: UserEntity): Promise<RoleGrant[]> {
    return (await this.uow.tx.query<RoleRow>(ROLES_OF, [user.partnerId, user.id])).map(grantOf);
  }

  async setRoles(user: UserEntity, names: readonly string[]): Promise<void> {
    await this.uow.tx.execute(SET_ROLES, [user.partnerId, user.id, names]);
  }

  /** @throws DomainError `access.partner.not_found` also for a partner behind the caller's walls */
  async requirePartner(id: number): Promise<void> {
    if (!(await this.uow.tx.one(PARTNER, [id]))) throw accessErrors('access.partner.not_found');
  }
}

function grantOf(row: RoleRow): RoleGrant {
  return { name: row.name, reach: row.reach, permissions: expandPermissions(row.permissions) };
}
