import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '@isp/kernel';
import {
  type Attribute,
  type AttributeName,
  checkChap,
  chapPassword,
  DICTIONARY,
  describeErrorCause,
  distrustReply,
  distrustRequest,
  encodeReply,
  encodeRequest,
  isFresh,
  parsePacket,
  RADIUS_CODE,
  revealPassword,
  textOf,
  valueOf,
} from './index.js';

interface Vectors {
  readonly secret: string;
  readonly packets: Readonly<Record<string, string>>;
}
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'radclient-vectors.json'), 'utf8')) as Vectors;
const golden = (name: string) => Buffer.from(vectors.packets[name] ?? '', 'hex');
const SECRET = vectors.secret;
const STRICT = { requireMessageAuthenticator: true };

describe('packets that radclient sent', () => {
  it.each(Object.keys(vectors.packets))('verifies %s, and not with another secret or one bit changed', (name) => {
    const octets = golden(name);
    const signed = name !== 'disconnect-request-without-message-authenticator' && name !== 'accounting-interim';
    expect(distrustRequest(parsePacket(octets), SECRET)).toBeUndefined();
    expect(distrustRequest(parsePacket(octets), SECRET, STRICT)).toBe(signed ? undefined : 'no_message_authenticator');
    expect(distrustRequest(parsePacket(octets), 'testing124')).toBeDefined();
    const changed = Buffer.from(octets);
    changed[octets.length - 1] = (changed[octets.length - 1] ?? 0) ^ 1;
    expect(distrustRequest(parsePacket(changed), SECRET)).toBeDefined();
  });

  it('reads PAP, and hides the password as radclient does', () => {
    const packet = parsePacket(golden('access-request-pap'));
    const hidden = valueOf(packet, 'User-Password') as Buffer;
    const password = 'pw-with-öäü and more than sixteen octets';
    expect(revealPassword(hidden, SECRET, packet.authenticator)?.toString()).toBe(password);
    expect(textOf(packet, 'NAS-IP-Address')).toBe('192.0.2.1');
    const { code, identifier, authenticator } = packet;
    const ours = encodeRequest({
      code,
      identifier,
      authenticator,
      secret: SECRET,
      attributes: [['User-Password', password]],
    });
    expect(valueOf(parsePacket(ours), 'User-Password')).toEqual(hidden);
  });

  it('checks CHAP with the authenticator as its challenge', () => {
    const packet = parsePacket(golden('access-request-chap'));
    const answer = valueOf(packet, 'CHAP-Password') as Buffer;
    expect(checkChap(answer, 'secret-pw', packet.authenticator)).toBe(true);
    expect(checkChap(answer, 'secret-px', packet.authenticator)).toBe(false);
    expect(checkChap(answer.subarray(1), 'secret-pw', packet.authenticator)).toBe(false);
    expect(chapPassword(answer[0] ?? 0, 'secret-pw', packet.authenticator)).toEqual(answer);
  });

  it('reads accounting with gigawords, IPv6 and vendors, and writes the same octets', () => {
    const packet = parsePacket(golden('accounting-interim'));
    expect(packet.attributes).toEqual([
      ['Acct-Status-Type', 3],
      ['User-Name', 'alice'],
      ['NAS-IP-Address', '192.0.2.1'],
      ['Acct-Session-Id', '%lX6b014eeb%hX'],
      ['Acct-Session-Time', 300],
      ['Acct-Input-Octets', 1000],
      ['Acct-Input-Gigawords', 2],
      ['Acct-Output-Octets', 4294967295],
      ['Acct-Output-Gigawords', 7],
      ['ERX-IPv6-Acct-Input-Octets', 555],
      ['ERX-IPv6-Acct-Input-Gigawords', 1],
      ['Huawei-Acct-IPv6-Output-Octets', 77],
      ['Framed-IPv6-Prefix', '2001:db8:1::/64'],
      ['Delegated-IPv6-Prefix', '2001:db8:100::/56'],
      ['Framed-IPv6-Address', '2001:db8::9'],
      ['Class', Buffer.from('svc:42')],
    ]);
    const { code, identifier, attributes } = packet;
    const again = encodeRequest({ code, identifier, attributes, secret: SECRET, messageAuthenticator: false });
    expect(again.toString('hex')).toBe(golden('accounting-interim').toString('hex'));
  });

  it('reads an order to change a rate', () => {
    const packet = parsePacket(golden('coa-request'));
    expect(textOf(packet, 'Mikrotik-Rate-Limit')).toBe('5000k/20000k');
    expect(valueOf(packet, 'WISPr-Bandwidth-Max-Down')).toBe(20_000_000);
    expect(textOf(packet, 'Mikrotik-Address-List')).toBe('walled-garden');
    const stamp = (valueOf(packet, 'Event-Timestamp') as number) * 1000;
    expect(isFresh(packet, new Date(stamp + 299_000), 300)).toBe(true);
    expect(isFresh(packet, new Date(stamp + 301_000), 300)).toBe(false);
    expect(isFresh(parsePacket(golden('status-server')), new Date(stamp), 300)).toBe(false);
  });
});

describe('what we send', () => {
  const identifier = fc.integer({ min: 0, max: 255 });
  const secret = fc.string({ minLength: 1, maxLength: 40 });
  const code = fc.constantFrom<number[]>(1, 4, 12, 40, 43);
  const value = {
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    octets: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => Buffer.from(octets)),
    number: fc.integer({ min: 0, max: 0xffffffff }),
    ipv4: fc.ipV4(),
  };
  const named = Object.entries(DICTIONARY).flatMap(([name, [, kind]]) =>
    kind in value && name !== 'Message-Authenticator'
      ? [[name as AttributeName, kind as keyof typeof value] as const]
      : [],
  );
  const attribute: fc.Arbitrary<Attribute> = fc
    .constantFrom(...named)
    .chain(([name, kind]) => (value[kind] as fc.Arbitrary<string>).map((held): Attribute => [name, held]));
  const attributes = fc.array(attribute, { maxLength: 25 });

  it('comes back as it was, signed, its Message-Authenticator first', () => {
    fc.assert(
      fc.property(code, identifier, secret, attributes, (kind, id, key, list) => {
        const packet = parsePacket(encodeRequest({ code: kind, identifier: id, secret: key, attributes: list }));
        expect(distrustRequest(packet, key, STRICT)).toBeUndefined();
        expect(packet.octets.subarray(20, 22)).toEqual(Buffer.from([80, 18]));
        expect(packet.attributes.slice(1)).toEqual(list);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when any bit of a reply changed', () => {
    const request = parsePacket(golden('disconnect-request'));
    const reply = encodeReply({ code: 42, secret: SECRET, request, attributes: [['Error-Cause', 503]] });
    expect(distrustReply(parsePacket(reply), SECRET, request.authenticator, STRICT)).toBeUndefined();
    for (let bit = 0; bit < reply.length * 8; bit += 1) {
      const changed = Buffer.from(reply);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(trusted(changed, request.authenticator)).toBe(false);
    }
  });

  it('names what it cannot hold', () => {
    const send = (list: readonly Attribute[]) => () =>
      encodeRequest({ code: 4, identifier: 1, secret: 's', attributes: list });
    expect(send([['Nothing-Such' as AttributeName, 1]])).toThrow(code4('radius.attribute.unknown'));
    for (const wrong of [-1, 1.5, 2 ** 32, 'x', Number.NaN]) {
      expect(send([['NAS-Port', wrong]])).toThrow(code4('radius.attribute.invalid'));
    }
    expect(send([['NAS-IP-Address', '010.1.1.1']])).toThrow(code4('radius.attribute.invalid'));
    expect(send([['Framed-IPv6-Prefix', '2001:db8::/129']])).toThrow(code4('radius.attribute.invalid'));
    expect(send([['User-Name', 'x'.repeat(254)]])).toThrow(code4('radius.attribute.invalid'));
    expect(send([['Mikrotik-Rate-Limit', 'x'.repeat(248)]])).toThrow(code4('radius.attribute.invalid'));
    expect(send(Array(17).fill(['Class', Buffer.alloc(253)]) as Attribute[])).toThrow(code4('radius.packet.too_long'));
  });

  it('hides passwords of up to 128 octets, whatever they are', () => {
    const authenticator = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.string({ maxLength: 42, unit: 'grapheme' }), secret, authenticator, (password, key, random) => {
        fc.pre(!password.endsWith('\0') && Buffer.byteLength(password) <= 128);
        const parts = { code: 1, identifier: 1, secret: key, authenticator: random };
        const packet = parsePacket(encodeRequest({ ...parts, attributes: [['User-Password', password]] }));
        const hidden = valueOf(packet, 'User-Password') as Buffer;
        expect(revealPassword(hidden, key, random)?.toString()).toBe(password);
      }),
    );
  });

  it('tells an Error-Cause to people', () => {
    expect([503, 508, 999].map(describeErrorCause)).toEqual([
      '503 session context not found',
      '508 multiple session selection unsupported',
      '999',
    ]);
  });
});

describe('hostile octets', () => {
  it('are read or refused with a code, never anything else', () => {
    const random = fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets));
    const framed = random.map((body) => {
      const octets = Buffer.concat([Buffer.alloc(20), body]);
      octets.writeUInt16BE(octets.length, 2);
      return octets;
    });
    const bent = fc
      .tuple(fc.constantFrom(...Object.keys(vectors.packets)), fc.nat(400), fc.nat(255))
      .map(([name, at, octet]) => {
        const octets = golden(name);
        octets[at % octets.length] = octet;
        return octets;
      });
    let readable = 0;
    fc.assert(
      fc.property(fc.oneof(random, framed, bent), (octets) => {
        const outcome = attempt(octets);
        if (outcome === 'read') readable += 1;
        expect(['read', 'radius.packet.malformed']).toContain(outcome);
      }),
      { numRuns: 3_000 },
    );
    expect(readable).toBeGreaterThan(100);
  });

  it('of 0, 19, half and 64 KiB octets are refused', () => {
    const whole = golden('coa-request');
    for (const octets of [Buffer.alloc(0), whole.subarray(0, 19), whole.subarray(0, 60), Buffer.alloc(65_507, 0xff)]) {
      expect(attempt(octets)).toBe('radius.packet.malformed');
    }
  });

  it('after the packet are padding', () => {
    const whole = golden('coa-request');
    expect(distrustRequest(parsePacket(Buffer.concat([whole, Buffer.alloc(9, 7)])), SECRET)).toBeUndefined();
  });

  it('that are no UTF-8, or too short for their kind, or a vendor of its own ways, stay octets', () => {
    const odd: readonly Attribute[] = [
      ['User-Name', Buffer.from([0xff, 0xfe])],
      ['5', Buffer.from([1, 2, 3])],
      ['26.14988.99', Buffer.from([9])],
      ['26', Buffer.from([0, 0, 1, 55, 9, 200, 1])],
      ['97', Buffer.from([0, 64, 1])],
    ];
    const packet = parsePacket(encodeRequest({ code: 4, identifier: 1, secret: 's', attributes: odd }));
    expect(packet.attributes.slice(1)).toEqual(odd);
  });

  it('with two Message-Authenticators are refused', () => {
    const twice = encodeRequest({ code: 43, identifier: 1, secret: 's', attributes: [['80', Buffer.alloc(16)]] });
    expect(attempt(twice)).toBe('radius.packet.malformed');
  });
});

it('shortens IPv6 addresses as RFC 5952 says', () => {
  const shown = (address: string) => {
    const attributes: Attribute[] = [['Framed-IPv6-Address', address]];
    return textOf(
      parsePacket(encodeRequest({ code: RADIUS_CODE.AccountingRequest, identifier: 0, secret: 's', attributes })),
      'Framed-IPv6-Address',
    );
  };
  const same = ['::', '::1', '1::', '2001:db8::9', '1:0:2::3', '2001:db8:0:1:1:1:1:1', 'a:b:c:d:e:f:1:2'];
  expect(same.map(shown)).toEqual(same);
  expect(shown('::ffff:192.0.2.1')).toBe('::ffff:c000:201');
  expect(shown('2001:0DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
});

function trusted(octets: Buffer, authenticator: Buffer): boolean {
  try {
    return distrustReply(parsePacket(octets), SECRET, authenticator, STRICT) === undefined;
  } catch {
    return false;
  }
}

function attempt(octets: Buffer): string {
  try {
    const packet = parsePacket(octets);
    distrustRequest(packet, SECRET, STRICT);
    distrustReply(packet, SECRET, Buffer.alloc(16));
    return 'read';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

const code4 = (code: string) => expect.objectContaining({ code }) as unknown as Error;
