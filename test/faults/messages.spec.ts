import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { headerOf, openMailbox, partsOf } from '../support/mailbox.js';
import { askPatiently, inParallel } from './support/http.js';
import { inWorld, report, until, type World } from './support/world.js';

const MESSAGES = 60;
/** Long enough for a kill to find mails on their way. */
const THINKS_MS = 40;
const ISSUER = { name: 'Faulty', address: { street: 'Dam 1', city: 'Amsterdam', zip: '1012 JS', country: 'NL' } };
const work = { invoice_type: 'one_off', line_items: [{ description: 'Work', amount: 10 }] };

const sent = async (world: World) =>
  (await world.row<{ n: number }>(`SELECT count(*)::integer AS n FROM messages WHERE status = 'sent'`)).n;

/** An invoice for each message: those of every other customer go out by themselves, the others are asked for. */
async function promise(world: World, url: string): Promise<void> {
  const call = (path: string, body: unknown, key?: string, method: 'POST' | 'PATCH' = 'POST') =>
    askPatiently(`${url}/v1/billing${path}`, world.database.apiKey, { method, body, key });
  expect((await call('/issuer', ISSUER, undefined, 'PATCH')).status).toBe(200);
  await world.rows(`UPDATE billing_accounts SET invoice_delivery = 'email' WHERE customer_id % 2 = 0`);
  const jobs = Array.from({ length: MESSAGES }, (_, n) => n);
  const accepted = await inParallel(jobs, 4, async (n) => {
    const customer_id = 1 + (n % 20);
    const made = await call('/invoices', { customer_id, ...work }, `mail-${n}`);
    expect(made.status).toBe(201);
    if (customer_id % 2 === 0) return 202;
    return (await call(`/invoices/${Number(made.body['id'])}/send`, {}, `send-${n}`)).status;
  });
  expect(accepted.filter((status) => status !== 202)).toEqual([]);
}

describe('e-mails when processes die', () => {
  it('are all sent, and those that come twice have one Message-ID and one document', async () => {
    const box = await openMailbox(undefined, {}, THINKS_MS);
    const settings = { ISP_SMTP_URL: box.url, ISP_MAIL_FROM: 'billing@faulty.example' };
    try {
      await inWorld(async (world) => {
        const api = await world.start('api');
        await promise(world, api.url);
        for (const point of ['notifications.before-send', 'notifications.after-send'] as const) {
          const dying = await world.startDying('worker', point);
          expect(await dying.end()).toBe('SIGKILL');
        }
        // What was handed over at the second death is written down nowhere.
        const [before, written] = [box.mails.length, await sent(world)];
        expect(before).toBeGreaterThan(written);
        const killed = await world.start('worker');
        await until('mails are under way', () => box.mails.length > before + 5, 60_000);
        await killed.kill();
        await world.startAll('worker', 'worker');
        await until('all are sent', async () => (await sent(world)) === MESSAGES, 120_000);
        await sleep(500);

        const rows = await world.rows<{ mail_id: string; recipient: string; number: string; sha256: string }>(
          `SELECT m.mail_id, m.recipient, i.number, encode(d.sha256, 'hex') AS sha256 FROM messages m JOIN invoices i ON i.id = m.subject_id
             JOIN invoice_documents d ON d.invoice_id = i.id AND d.format = 'pdf'`,
        );
        const wanted = rows.map(
          ({ mail_id, recipient, number, sha256 }) => `${mail_id} ${recipient} ${number} ${sha256}`,
        );
        const got = box.mails.map((mail) => {
          const subject = /INV-\d+-\d+/.exec(headerOf(mail, 'Subject') ?? '')?.[0];
          const digest = createHash('sha256')
            .update(partsOf(mail, 'application/pdf')[0] ?? '')
            .digest('hex');
          return `${headerOf(mail, 'Message-ID')} ${mail.to.join()} ${subject} ${digest}`;
        });
        report('mail killed', {
          accepted: MESSAGES,
          sent: await sent(world),
          arrived: got.length,
          distinct: new Set(got).size,
          lost: wanted.filter((one) => !got.includes(one)).length,
          again: got.length - new Set(got).size,
        });
        expect([...new Set(got)].sort()).toEqual([...wanted].sort());
        expect(new Set(rows.map(({ mail_id }) => mail_id)).size).toBe(MESSAGES);
        // Each death may have had as many on their way as a process hands over at once.
        expect(got.length - MESSAGES).toBeLessThanOrEqual(15);
        const { n } = await world.row<{ n: number }>(
          `SELECT count(*)::integer AS n FROM outbox WHERE name = 'notifications.message.sent.v1'`,
        );
        expect(n).toBe(MESSAGES);
      }, settings);
    } finally {
      await box.close();
    }
  }, 300_000);
});
