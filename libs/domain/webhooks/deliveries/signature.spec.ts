import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { Webhook } from 'standardwebhooks';
import { signatureHeaders } from './signature.js';

const newSecret = (bytes = 32) => `whsec_${randomBytes(bytes).toString('base64')}`;
const body = '{"event":"customer.created","data":{"name":"Zoë 😀 \\u0041"}}';
const at = (seconds: number) => new Date(systemClock.now().getTime() + seconds * 1000);
const sign = (secrets: string[], seconds = 0, text = body) =>
  signatureHeaders({ id: 'evt_1', body: text, secrets, at: at(seconds) });

describe('signatures', () => {
  it('are what the Standard Webhooks library verifies', () => {
    for (const bytes of [24, 32]) {
      const secret = newSecret(bytes);
      expect(new Webhook(secret).verify(body, sign([secret]))).toEqual(JSON.parse(body));
    }
  });

  it('fail for another body, id, secret or an old or early timestamp', () => {
    const secret = newSecret();
    const library = new Webhook(secret);
    const headers = sign([secret]);
    expect(() => library.verify(body.replace('created', 'creates'), headers)).toThrow('No matching signature');
    expect(() => library.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow('No matching signature');
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature');
    expect(() => library.verify(body, sign([secret], -302))).toThrow('too old');
    expect(() => library.verify(body, sign([secret], 302))).toThrow('too new');
  });

  it('verify with either secret during a rotation', () => {
    const [current, previous] = [newSecret(), newSecret()];
    const headers = sign([current, previous]);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [current, previous]) expect(new Webhook(secret).verify(body, headers)).toBeDefined();
    expect(sign([current])['webhook-signature']).toBe(headers['webhook-signature']?.split(' ')[0]);
  });

  it('X-ISP-Signature covers the body alone, with the text of the current secret', () => {
    const [current, previous] = [newSecret(), newSecret()];
    const expected = createHmac('sha256', current).update(Buffer.from(body)).digest('hex');
    expect(sign([current, previous])['X-ISP-Signature']).toBe(`sha256=${expected}`);
  });
});
