import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, PERMISSIONS, type Permission } from '@isp/contracts';
import { accessProcess, type AccessProcess, ROOT, TestClock } from '../../../../test/support/access-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { VerifyPartner } from '../partners/verify-partner.usecase.js';
import { RoleQueries } from '../roles/role.queries.js';
import { CreateUser } from './create-user.usecase.js';
import { SetUserPassword } from './set-user-password.usecase.js';
import { SetUserStatus } from './set-user-status.usecase.js';
import { UpdateUser } from './update-user.usecase.js';
import { UserQueries } from './user.queries.js';

const clock = new TestClock();
const exceeding = { code: 'access.grant.exceeds_own', kind: 'forbidden' };
let database: TestDatabase;
let world: AccessProcess;
let resellerAdmin: Actor;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await query(
    database.ownerUrl,
    `INSERT INTO partners (name, kind) VALUES ('North', 'reseller'), ('South', 'reseller')`,
  );
  world = await accessProcess(database.appUrl, clock);
  const admin = await create(ROOT, ['reseller_admin'], { partnerId: 2 });
  const roles = await world.get(RoleQueries).list(ROOT);
  const permissions = new Set<Permission>(roles.find((role) => role.name === 'reseller_admin')?.permissions);
  resellerAdmin = {
    kind: 'user',
    name: `user:${admin.id}`,
    reach: 'partner',
    partnerId: 2,
    userId: admin.id,
    permissions,
  };
}, 120_000);
afterAll(async () => {
  await world.close();
  await database.drop();
});

function create(
  actor: Actor,
  roles: string[],
  extra: { partnerId?: number; username?: string; email?: string; password?: string } = {},
) {
  serial += 1;
  const username = `user${serial}`;
  const base = { username, email: `${username}@example.com`, fullName: 'Some One', password: 'correct horse battery' };
  return world.get(CreateUser).execute({ actor, ...base, roles, ...extra });
}

describe('roles', () => {
  it('are data: every permission is held by someone, and staff hold less than the administrator', async () => {
    const roles = await world.get(RoleQueries).list(ROOT);
    const names = [
      'billing',
      'customer',
      'isp',
      'noc',
      'reseller_admin',
      'reseller_read_only',
      'superadmin',
      'support',
    ];
    expect(roles.map((role) => role.name)).toEqual(names);
    expect(roles.find((role) => role.name === 'superadmin')?.permissions).toEqual(PERMISSIONS);
    const stored = await query<{ permission: string }>(
      database.ownerUrl,
      `SELECT DISTINCT permission FROM role_permissions WHERE permission <> '*'`,
    );
    const known: readonly string[] = PERMISSIONS;
    expect(stored.filter(({ permission }) => !known.includes(permission))).toEqual([]);
    for (const role of roles.filter(({ reach }) => reach !== 'all'))
      expect(role.permissions).not.toContain('plan.manage');
    expect(
      roles.find((role) => role.name === 'reseller_read_only')?.permissions.every((name) => name.endsWith('.read')),
    ).toBe(true);
  });
});

describe('users', () => {
  it('are created, found and changed, with a version', async () => {
    const user = await create(ROOT, ['support', 'noc']);
    expect(user).toMatchObject({
      partnerId: 1,
      customerId: null,
      roles: ['noc', 'support'],
      status: 'active',
      version: 1,
      lastLoginAt: null,
    });
    const changed = await world
      .get(UpdateUser)
      .execute({ actor: ROOT, id: user.id, expectedVersion: 1, fullName: 'New Name', roles: ['noc'] });
    expect(changed).toMatchObject({ fullName: 'New Name', roles: ['noc'], version: 2 });
    const stale = world.get(UpdateUser).execute({ actor: ROOT, id: user.id, expectedVersion: 1, fullName: 'Other' });
    await expect(stale).rejects.toMatchObject({ code: 'access.user.version_mismatch' });
    const queries = world.get(UserQueries);
    const page = { limit: 10, offset: 0 };
    expect((await queries.list(ROOT, { q: 'new name' }, page)).rows.map(({ id }) => id)).toEqual([user.id]);
    expect((await queries.list(ROOT, { q: '%' }, page)).total).toBe(0);
    expect((await queries.list(ROOT, { role: 'noc', status: 'active' }, page)).total).toBe(1);
  });

  it('have one name each in the whole installation and one e-mail address each with a partner', async () => {
    const user = await create(resellerAdmin, ['reseller_read_only']);
    const again = { username: user.username.toUpperCase(), email: 'fresh@example.com' };
    await expect(create(ROOT, ['noc'], again)).rejects.toMatchObject({ code: 'access.user.username_taken' });
    const sameMail = { email: user.email.toUpperCase() };
    await expect(create(resellerAdmin, ['reseller_read_only'], sameMail)).rejects.toMatchObject({
      code: 'access.user.email_taken',
    });
    await expect(create(ROOT, ['reseller_admin'], { ...sameMail, partnerId: 3 })).resolves.toBeDefined();
    await expect(create(ROOT, ['nobody'])).rejects.toMatchObject({ code: 'access.role.unknown' });
    await expect(create(ROOT, ['noc'], { password: 'too short' })).rejects.toMatchObject({
      code: 'access.password.unfit',
    });
  });

  it('get no role that reaches beyond their partner, nor that of a customer', async () => {
    await expect(create(ROOT, ['superadmin'], { partnerId: 2 })).rejects.toMatchObject({
      code: 'access.role.not_assignable',
    });
    await expect(create(ROOT, ['customer'])).rejects.toMatchObject({ code: 'access.role.not_assignable' });
  });
});

describe('escalation', () => {
  it('a reseller makes no administrator and no user elsewhere', async () => {
    await expect(create(resellerAdmin, ['superadmin'])).rejects.toMatchObject(exceeding);
    await expect(create(resellerAdmin, ['support'])).rejects.toMatchObject(exceeding);
    await expect(create(resellerAdmin, ['reseller_admin'], { partnerId: 3 })).rejects.toMatchObject({
      code: 'access.partner.not_found',
    });
    await expect(create(resellerAdmin, ['reseller_admin'])).resolves.toMatchObject({ partnerId: 2 });
  });

  it('a user with fewer permissions passes on only those, and takes over nobody who has more', async () => {
    const clerk: Actor = {
      ...resellerAdmin,
      name: 'user:99',
      userId: 99,
      permissions: new Set<Permission>(['user.manage', 'user.read']),
    };
    const boss = resellerAdmin.userId as number;
    await expect(create(clerk, ['reseller_read_only'])).rejects.toMatchObject(exceeding);
    await expect(create(clerk, [])).resolves.toMatchObject({ roles: [] });
    const password = 'a password of the clerk';
    await expect(world.get(SetUserPassword).execute({ actor: clerk, id: boss, password })).rejects.toMatchObject(
      exceeding,
    );
    await expect(
      world.get(UpdateUser).execute({ actor: clerk, id: boss, email: 'mine@example.com' }),
    ).rejects.toMatchObject(exceeding);
    await expect(
      world.get(SetUserStatus).execute({ actor: clerk, id: boss, status: 'disabled' }),
    ).rejects.toMatchObject(exceeding);
  });

  it('nobody changes their own roles or disables themselves', async () => {
    const id = resellerAdmin.userId as number;
    const own = { code: 'access.user.self_change', kind: 'forbidden' };
    await expect(
      world.get(UpdateUser).execute({ actor: resellerAdmin, id, roles: ['superadmin'] }),
    ).rejects.toMatchObject(own);
    await expect(
      world.get(SetUserStatus).execute({ actor: resellerAdmin, id, status: 'disabled' }),
    ).rejects.toMatchObject(own);
    await expect(
      world.get(UpdateUser).execute({ actor: resellerAdmin, id, fullName: 'Renamed' }),
    ).resolves.toBeDefined();
  });

  it("somebody else's user does not exist, for any use case", async () => {
    const user = await create(ROOT, ['reseller_admin'], { partnerId: 3 });
    const missing = { code: 'access.user.not_found' };
    const { id } = user;
    const attempts = [
      () => world.get(UserQueries).get(resellerAdmin, id),
      () => world.get(UpdateUser).execute({ actor: resellerAdmin, id, fullName: 'Mine' }),
      () => world.get(SetUserStatus).execute({ actor: resellerAdmin, id, status: 'disabled' }),
      () => world.get(SetUserPassword).execute({ actor: resellerAdmin, id, password: 'correct horse battery' }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(missing);
  });

  it('is in the audit trail of the one who tried', async () => {
    const rows = await query<{ actor: string; action: string }>(
      database.ownerUrl,
      `SELECT actor, action FROM audit_entries WHERE partner_id = 2 AND changes ? 'refused' ORDER BY seq`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(8);
    expect(rows).toContainEqual({ actor: resellerAdmin.name, action: 'user.create' });
    expect(rows).toContainEqual({ actor: 'user:99', action: 'user.set_password' });
  });
});

describe('partners', () => {
  it('start with the operator', async () => {
    expect(await world.get(VerifyPartner).execute(1)).toEqual({
      id: 1,
      kind: 'operator',
      status: 'active',
      tier: 'enterprise',
    });
    expect(await world.get(VerifyPartner).execute(2)).toMatchObject({ kind: 'reseller', tier: 'professional' });
    await expect(world.get(VerifyPartner).execute(99)).rejects.toMatchObject({ code: 'access.partner.not_found' });
  });
});
