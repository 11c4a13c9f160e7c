import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@isp/kernel';
import { isAllowedAddress, networks } from './address.js';
import { checkDestination, resolveDestination } from './destination.js';
import type { EgressPolicy, ResolvedAddress } from './destination.js';

const live: EgressPolicy = {};
const sandbox: EgressPolicy = { allowHttp: true, allowAnyPort: true, allowedCidrs: ['127.0.0.0/8', '::1/128'] };

function refusal(act: () => unknown): DomainError {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const hostile = [
  // Not https, or not a URL.
  '',
  'example.com',
  '/hook',
  '//example.com/',
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com:70/_',
  'javascript:alert(1)',
  'data:text/plain,x',
  'ws://example.com/',
  'https:example.com',
  'https:/example.com',
  'https:///example.com',
  'https://',
  'https://?x',
  // Users, blanks, control characters.
  'https://user@example.com/',
  'https://user:pw@example.com/',
  'https://@example.com/',
  'https://example.com@127.0.0.1/',
  'https://example.com:443@10.0.0.1/',
  ' https://example.com/',
  'https://example.com/ ',
  'https://exam\tple.com/',
  'https://example.com/\r\nX: y',
  'https://example.com\\@10.0.0.1/',
  'https://exa\u00admple.com/',
  'https://example.com/\0',
  // Ports.
  'https://example.com:25/',
  'https://example.com:22/',
  'https://example.com:80/',
  'https://example.com:6379/',
  'https://example.com:0/',
  'https://example.com:65536/',
  'https://example.com:-1/',
  // Loopback and private, plain and disguised.
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.64.0.1/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://１２７.0.0.1/',
  'https://127。0。0。1/',
  'https://127%2e0%2e0%2e1/',
  'https://%31%32%37.0.0.1/',
  // A public address, written so that it does not look like one.
  'https://134744072/',
  'https://0x08080808/',
  'https://010.8.8.8/',
  'https://8.8.2056/',
  // IPv6.
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:8.8.8.8]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fe80::1%25eth0]/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
  'https://[2001::1]/',
  'https://[100::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  // Names.
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://api.localhost/',
  'https://example.com./',
  'https://example。com/',
  'https://example．com/',
  'https://intranet/',
  'https://-a.example.com/',
  'https://a..example.com/',
  'https://.example.com/',
  `https://${'a'.repeat(64)}.example.com/`,
  `https://${'a.'.repeat(130)}com/`,
  `https://example.com/${'a'.repeat(2048)}`,
  'https://exa%6dple.com/',
  'https://example.com:443:443/',
  'https://ex*mple.com/',
  'https://exa_mple..com/',
];

describe('checkDestination', () => {
  it.each(hostile)('refuses %j', (url) => {
    expect(refusal(() => checkDestination(url, live))).toMatchObject({
      code: 'egress.destination.refused',
      kind: 'unprocessable',
    });
  });

  it.each([
    'https://example.com',
    'https://example.com/hook?a=1&b=%20#part',
    'https://example.com:443/',
    'https://EXAMPLE.com:8443/x',
    'HTTPS://hooks.example.co.uk/@user',
    'https://bücher.example/',
    'https://xn--bcher-kva.example/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://a_b.example.com/',
  ])('accepts %j', (url) => {
    expect(checkDestination(url, live)).toBeInstanceOf(URL);
  });

  it('widens by policy only, each part by itself', () => {
    for (const url of [
      'http://127.0.0.1:3000/',
      'http://localhost:3000/x',
      'https://[::1]:9/',
      'http://receiver:80/',
    ]) {
      expect(checkDestination(url, sandbox)).toBeInstanceOf(URL);
    }
    for (const url of [
      'http://10.0.0.1/',
      'http://[::ffff:127.0.0.1]/',
      'http://2130706433/',
      'http://0.0.0.0/',
      'http://u@127.0.0.1/',
      'http://127.0.0.1:0/',
    ]) {
      expect(refusal(() => checkDestination(url, sandbox)).code).toBe('egress.destination.refused');
    }
    expect(refusal(() => checkDestination('http://127.0.0.1/', { allowedCidrs: ['127.0.0.0/8'] })).message).toContain(
      'https',
    );
    expect(
      refusal(() => checkDestination('https://127.0.0.1:1/', { allowedCidrs: ['127.0.0.0/8'] })).message,
    ).toContain('port');
    expect(refusal(() => checkDestination('https://127.0.0.1/', { allowedCidrs: ['10.0.0.0/33'] })).code).toBe(
      'egress.policy.invalid',
    );
  });
});

describe('resolveDestination', () => {
  const addresses =
    (...list: string[]) =>
    () =>
      Promise.resolve(list.map((address): ResolvedAddress => ({ address, family: address.includes(':') ? 6 : 4 })));
  const url = new URL('https://hooks.example.com/');

  it('gives all addresses of a public name', async () => {
    expect(await resolveDestination(url, live, addresses('93.184.215.14', '2606:2800:21f::1'))).toHaveLength(2);
  });

  it.each([
    ['93.184.215.14', '10.0.0.1'],
    ['127.0.0.1'],
    ['2606:2800:21f::1', '::1'],
    ['::ffff:93.184.215.14'],
    ['fe80::1%eth0'],
    ['not an address'],
  ])('refuses a name with %j, %j', async (...list) => {
    await expect(resolveDestination(url, live, addresses(...list))).rejects.toMatchObject({
      code: 'egress.destination.refused',
    });
  });

  it('says when a name does not resolve', async () => {
    await expect(resolveDestination(url, live, addresses())).rejects.toMatchObject({ code: 'egress.dns.failed' });
    await expect(resolveDestination(url, live, () => Promise.reject(new Error('ENOTFOUND')))).rejects.toMatchObject({
      code: 'egress.dns.failed',
      kind: 'unavailable',
    });
  });

  it('asks nobody about literals and the machine itself', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect(await resolveDestination(new URL('https://8.8.8.8/'), live, never)).toEqual([
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(await resolveDestination(new URL('http://localhost/'), { allowedCidrs: ['127.0.0.0/8'] }, never)).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
    await expect(resolveDestination(new URL('http://localhost/'), live, never)).rejects.toMatchObject({
      code: 'egress.destination.refused',
    });
  });
});

describe('isAllowedAddress', () => {
  it('knows the borders of the special networks', () => {
    const none = networks([]);
    const inside = [
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
      '2003::1',
      '2a00::1',
    ];
    const outside = [
      '10.0.0.0',
      '100.127.255.255',
      '198.19.255.255',
      '239.255.255.255',
      '1fff:ffff::1',
      '4000::1',
      '2001:1ff::1',
      '3fff:fff::1',
      '::',
      '5f00::1',
    ];
    expect(inside.filter((address) => !isAllowedAddress(address, none))).toEqual([]);
    expect(outside.filter((address) => isAllowedAddress(address, none))).toEqual([]);
  });

  it('lets an allowance reach exactly as far as it is written', () => {
    const one = networks(['127.0.0.2/32', 'fd00:1::/64']);
    expect(['127.0.0.2', 'fd00:1::9'].every((address) => isAllowedAddress(address, one))).toBe(true);
    expect(
      ['127.0.0.1', '127.0.0.3', '::ffff:127.0.0.2', '::1', 'fd00:2::9'].some((address) =>
        isAllowedAddress(address, one),
      ),
    ).toBe(false);
  });
});
