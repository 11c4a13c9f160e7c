import { describe, expect, it } from '@jest/globals';
import { type GrantedToSession, sessionOrder, type WantedOfSession } from './session-order.policy.js';

const open: WantedOfSession = { access: 'open', address: '100.64.0.1', downloadKbps: 100, uploadKbps: 20 };
const granted: GrantedToSession = { access: 'open', address: '100.64.0.1', downloadKbps: 100, uploadKbps: 20 };
const walled = { ...granted, access: 'walled_garden', address: '10.9.0.7' } as const;
const garden = { ...open, access: 'walled_garden' } as const;

describe('what becomes of a session', () => {
  it.each<[string, string, WantedOfSession, GrantedToSession, boolean]>([
    ['keep', 'that is as wanted', open, granted, false],
    ['keep', 'in the garden, whatever its rate', { ...garden, downloadKbps: 7 }, walled, false],
    ['disconnect', 'of a closed service', { ...open, access: 'closed' }, granted, false],
    ['disconnect', 'that is to go into the garden', garden, granted, false],
    ['disconnect', 'that is to leave the garden', open, walled, false],
    ['change', 'whose device walls it in by a list', garden, granted, true],
    ['disconnect', 'that has an address of the garden, whatever lists there are', open, walled, true],
    ['change', 'at another rate', { ...open, uploadKbps: 30 }, granted, false],
    ['change', 'of unknown rate', open, { ...granted, access: null, downloadKbps: null, uploadKbps: null }, false],
    ['disconnect', 'at another address', { ...open, address: '100.64.0.2' }, granted, false],
    ['disconnect', 'without a grant of ours at a strange address', open, { ...walled, access: null }, false],
    ['keep', 'without an IPv4 address', open, { ...granted, address: null }, false],
  ])('%s one %s', (order, _, wanted, given, byCoa) => {
    expect(sessionOrder(wanted, given, byCoa)).toBe(order);
  });
});
