import { describe, expect, it } from '@jest/globals';
import { type Actor, PERMISSIONS, type Permission } from '@isp/contracts';
import { expandPermissions, mayGrant, widestReach } from './grants.policy.js';

const actor = (reach: Actor['reach'], ...permissions: Permission[]): Actor => ({
  kind: 'user',
  name: 'user:1',
  reach,
  partnerId: 2,
  permissions: new Set(permissions),
});

describe('grants', () => {
  it('spells out * and drops what is unknown', () => {
    expect(expandPermissions(['*'])).toEqual(new Set(PERMISSIONS));
    expect(expandPermissions(['user.read', 'time.travel'])).toEqual(new Set(['user.read']));
  });

  it('never lets a grant exceed the permissions or the reach of who gives it', () => {
    const reseller = actor('partner', 'user.manage', 'customer.read');
    expect(mayGrant(reseller, { permissions: ['customer.read'], reach: 'partner' })).toBe(true);
    expect(mayGrant(reseller, { permissions: ['customer.read'], reach: 'customer' })).toBe(true);
    expect(mayGrant(reseller, { permissions: ['customer.read'], reach: 'all' })).toBe(false);
    expect(mayGrant(reseller, { permissions: ['customer.read', 'plan.manage'], reach: 'partner' })).toBe(false);
    expect(mayGrant(actor('all', ...PERMISSIONS), { permissions: PERMISSIONS, reach: 'all' })).toBe(true);
    expect(mayGrant(actor('customer', 'customer.read'), { permissions: ['customer.read'], reach: 'partner' })).toBe(
      false,
    );
  });

  it('lets only people of the operator reach beyond their partner', () => {
    expect(widestReach(['partner', 'all'], 1)).toBe('all');
    expect(widestReach(['partner', 'all'], 2)).toBe('partner');
    expect(widestReach([], 1)).toBe('partner');
  });
});
