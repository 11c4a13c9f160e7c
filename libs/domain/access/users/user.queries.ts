import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import type { UserView } from './user.view.js';

export interface UserFilter {
  readonly partnerId?: number | undefined;
  readonly status?: UserView['status'] | undefined;
  readonly role?: string | undefined;
  /** Part of a user name, e-mail address or full name. */
  readonly q?: string | undefined;
  /** Log-ins of customers are left out unless asked for. */
  readonly customers?: boolean | undefined;
}

const VIEW = `u.id, u.guid, u.partner_id AS "partnerId", u.customer_id AS "customerId", u.username, u.email,
  u.full_name AS "fullName", u.status, u.last_login_at AS "lastLoginAt", u.version, u.created_at AS "createdAt",
  u.updated_at AS "updatedAt",
  ARRAY(SELECT r.role FROM user_roles r WHERE r.partner_id = u.partner_id AND r.user_id = u.id ORDER BY r.role) AS roles`;
const MATCH = `
  FROM users u
 WHERE ($1::integer IS NULL OR u.partner_id = $1)
   AND ($2::text IS NULL OR u.status = $2)
   AND ($3::text IS NULL OR EXISTS (
     SELECT FROM user_roles r WHERE r.partner_id = u.partner_id AND r.user_id = u.id AND r.role = $3))
   AND ($4::text IS NULL OR u.username ILIKE $4 OR u.email ILIKE $4 OR u.full_name ILIKE $4)
   AND ($5 OR u.customer_id IS NULL)`;
const COUNT = statement('access-users-count', `SELECT count(*)::integer AS total ${MATCH}`);
export const USER_SORTING = sorting({
  id: 'u.id',
  partner: 'u.partner_id',
  otherwise: ['u.id'],
  fields: {
    created_at: 'u.id',
    username: 'u.username_key',
    email: 'u.email_key',
  },
});
const LISTS = sortedStatements(
  'access-users-list',
  USER_SORTING,
  (order) => `SELECT ${VIEW} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const ONE = statement('access-users-one', `SELECT ${VIEW} FROM users u WHERE u.id = $1`);

/** Reads of users, inside the walls of the reader. */
@Injectable()
export class UserQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: UserFilter, page: SortedSlice<typeof USER_SORTING>) {
    const like = filter.q === undefined || filter.q === '' ? null : `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`;
    // The wall alone is no way into an index.
    const own = actor.reach === 'all' ? null : actor.partnerId;
    const values = [
      filter.partnerId ?? own,
      filter.status ?? null,
      filter.role ?? null,
      like,
      filter.customers ?? false,
    ];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<UserView>(LISTS.of(page.sort, own !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws DomainError `access.user.not_found` */
  async get(actor: Actor, id: number): Promise<UserView> {
    const user = await this.uow.run(actor, (tx) => tx.one<UserView>(ONE, [id]));
    if (!user) throw accessErrors('access.user.not_found');
    return user;
  }

  /** One of the operator's people who can be given work; undefined for anybody else. */
  async findStaff(actor: Actor, id: number): Promise<UserView | undefined> {
    const user = await this.uow.run(actor, (tx) => tx.one<UserView>(ONE, [id]));
    const staff = user?.partnerId === OPERATOR_PARTNER_ID && user.customerId === null && user.status === 'active';
    return staff ? user : undefined;
  }
}
