import { describe, expect, it } from '@jest/globals';
import { isAddress, isPrefix, parseAssignment } from './address-text.js';

describe('addresses as people write them', () => {
  it.each(['192.0.2.1', '0.0.0.0', '2001:db8::1', '::', '2001:DB8:0:0::1'])('takes %s', (text) => {
    expect(isAddress(text)).toBe(true);
  });

  // Each of these is another address to some program, and none to others.
  it.each([
    '010.0.0.1',
    '0x7f.1',
    '0x7f.0.0.1',
    '1.2.3',
    '2130706433',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.256',
    '١.2.3.4',
    'fe80::1%eth0',
    '1.2.3.4/32',
    '',
    '::1::',
    '2001:db8::g',
  ])('refuses %p', (text) => {
    expect(isAddress(text)).toBe(false);
  });

  it('takes a prefix without host bits only', () => {
    expect(
      ['192.0.2.0/24', '0.0.0.0/0', '192.0.2.1/32', '2001:db8::/32', '2001:db8:0:100::/56'].filter(isPrefix),
    ).toHaveLength(5);
    expect(
      [
        '192.0.2.1/24',
        '192.0.2.0',
        '192.0.2.0/33',
        '192.0.2.0/024',
        '2001:db8::1/64',
        '010.0.0.0/8',
        '10.0.0.0/8/8',
        '10.0.0.0/+8',
        '10.0.0.0/',
      ].filter(isPrefix),
    ).toEqual([]);
  });

  it('reads a host with its prefix length', () => {
    expect(parseAssignment('192.168.1.100/24')).toEqual({ host: '192.168.1.100', length: 24 });
    for (const text of ['192.168.1.100', '192.168.1.0100/24', '192.168.1.100/33', '192.168.1.100/ 24', 'host/24'])
      expect(() => parseAssignment(text)).toThrow('ip_assignment');
  });
});
