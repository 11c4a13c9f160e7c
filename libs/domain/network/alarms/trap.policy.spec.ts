import { describe, expect, it } from '@jest/globals';
import { LASTING_SOURCES, TRAP_OID, alarmOf, clearedBy } from './trap.policy.js';

const pdu = (trap: string, varbinds: readonly { oid: string; value?: unknown }[] = []) => ({
  varbinds: [{ oid: '1.3.6.1.2.1.1.3.0', value: 1 }, { oid: TRAP_OID, value: trap }, ...varbinds],
});

describe('traps that begin and end a state', () => {
  it.each([
    ['a link', '1.3.6.1.6.3.1.1.5.3', '1.3.6.1.6.3.1.1.5.4', '1.3.6.1.2.1.2.2.1.1.7', 7, '7'],
    ['a BGP peer', '1.3.6.1.2.1.15.0.2', '1.3.6.1.2.1.15.0.1', '1.3.6.1.2.1.15.3.1.2.192.0.2.1', 1, '192.0.2.1'],
    ['a BGP peer of old', '1.3.6.1.2.1.15.7.2', '1.3.6.1.2.1.15.7.1', '1.3.6.1.2.1.15.3.1.2.192.0.2.1', 6, '192.0.2.1'],
    ['a part', '1.3.6.1.2.1.131.0.2', '1.3.6.1.2.1.131.0.1', '1.3.6.1.2.1.131.1.1.1.2.1003', 4, '1003'],
    ['a power supply', '1.3.6.1.2.1.33.2.3', '1.3.6.1.2.1.33.2.4', '1.3.6.1.2.1.33.1.6.2.1.1.0', 12, '12'],
  ])('are one alarm for each instance of %s', (_, begins, ends, oid, value, instance) => {
    const source = `trap:${begins}/${instance}`;
    expect(alarmOf(pdu(begins, [{ oid, value }])).source).toBe(source);
    expect(clearedBy(pdu(ends, [{ oid, value }]))).toBe(source);
    expect(clearedBy(pdu(begins, [{ oid, value }]))).toBeUndefined();
    expect(LASTING_SOURCES).toContain(`trap:${begins}`);
  });
});

describe('traps of events', () => {
  it.each(['1.3.6.1.6.3.1.1.5.1', '1.3.6.1.6.3.1.1.5.5', '1.3.6.1.4.1.14988.1.5'])('%s end by themselves', (trap) => {
    expect(alarmOf(pdu(trap)).source).toBe(`trap:${trap}`);
    expect(clearedBy(pdu(trap))).toBeUndefined();
    expect(LASTING_SOURCES).not.toContain(`trap:${trap}`);
  });
});
