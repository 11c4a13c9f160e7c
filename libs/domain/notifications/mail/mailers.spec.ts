import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import {
  type Behaviour,
  type ReceivedMail,
  headerOf,
  headersOf,
  openMailbox,
  partsOf,
} from '../../../../test/support/mailbox.js';
import { headerText, isAddress, readSender } from './address.js';
import { FolderMailer } from './folder.adapter.js';
import type { Mail } from './mailer.port.js';
import { NoMailer } from './no-mail.adapter.js';
import { SmtpMailer } from './smtp.adapter.js';

const PDF = Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 31) % 256));
const MAIL: Mail = {
  messageId: '<7.abc@isp.example>',
  from: { name: 'Exämple ISP', address: 'billing@isp.example' },
  to: { name: 'Zoë Müller', address: 'zoe@customer.example' },
  replyTo: { address: 'help@isp.example' },
  subject: 'Rechnung INV-2026-000001 – Grüße',
  text: 'Grüße\n.\nEnd\n',
  html: '<p>Grüße</p>',
  language: 'de',
  date: systemClock.now(),
  attachments: [{ filename: 'INV-2026-000001.pdf', contentType: 'application/pdf', content: PDF }],
};
const never = new AbortController().signal;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function mailbox(behaviour?: Behaviour, options?: Parameters<typeof openMailbox>[1]) {
  const box = await openMailbox(behaviour, options);
  ends.push(() => box.close());
  return box;
}
function smtp(url: string): SmtpMailer {
  const mailer = new SmtpMailer(url);
  ends.push(() => mailer.onApplicationShutdown());
  return mailer;
}

const run = promisify(execFile);

/** For 127.0.0.1, by nobody but itself. */
async function selfSigned() {
  const directory = await mkdtemp(join(tmpdir(), 'isp-tls-'));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  const [keyFile, file] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=mail.test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [...made, ...names, '-keyout', keyFile, '-out', file]);
  return { key: await readFile(keyFile), cert: await readFile(file), file };
}

/** Sends the mail from a process of its own, with more in its environment. */
async function sentElsewhere(url: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const source = `
    import { SmtpMailer } from ${JSON.stringify(new URL('./smtp.adapter.ts', import.meta.url).href)};
    const mail = ${JSON.stringify({ ...MAIL, attachments: [] })};
    const content = Buffer.from(${JSON.stringify(PDF.toString('base64'))}, 'base64');
    const attachments = [{ filename: 'a.pdf', contentType: 'application/pdf', content }];
    const mailer = new SmtpMailer(${JSON.stringify(url)});
    const answer = await mailer.send({ ...mail, attachments, date: new Date(mail.date) }, new AbortController().signal);
    mailer.onApplicationShutdown();
    console.log(JSON.stringify(answer));`;
  const runTs = new URL('../../../../test/support/runner/run-ts.mjs', import.meta.url).href;
  const args = ['--import', runTs, '--input-type=module', '--eval', source];
  const { stdout } = await run(process.execPath, args, { env });
  return JSON.parse(stdout);
}

describe('the SMTP mailer', () => {
  it('hands over what it is given, byte for byte', async () => {
    const box = await mailbox();
    const answer = await smtp(box.url).send(MAIL, never);
    expect(answer).toEqual({ state: 'accepted', reference: expect.stringContaining('queued as TEST') });
    const [mail] = box.mails;
    if (!mail) throw new Error('nothing came');
    expect([mail.from, mail.to]).toEqual(['billing@isp.example', ['zoe@customer.example']]);
    expect(headerOf(mail, 'Message-ID')).toBe('<7.abc@isp.example>');
    expect(headerOf(mail, 'Reply-To')).toBe('help@isp.example');
    expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated');
    expect(headerOf(mail, 'Content-Language')).toBe('de');
    expect(headerOf(mail, 'To')).toMatch(/^=\?UTF-8\?Q\?.*\?= <zoe@customer\.example>$/);
    expect(partsOf(mail, 'application/pdf')[0]?.equals(PDF)).toBe(true);
    // A line with a lone dot would end the content (RFC 5321, 4.5.2).
    expect(partsOf(mail, 'text/plain')[0]?.toString('utf8').replace(/\r\n/g, '\n').trim()).toBe('Grüße\n.\nEnd');
    expect(partsOf(mail, 'text/html')[0]?.toString('utf8').trim()).toBe('<p>Grüße</p>');
  });

  it.each([
    [550, 'recipient', true],
    [450, 'recipient', false],
    [554, 'content', true],
    [451, 'content', false],
    // Out of sequence: says nothing about the mail.
    [503, 'recipient', false],
  ] as const)('knows what %i of the %s means for another try', async (code, place, permanent) => {
    const box = await mailbox((where) => (where === place ? code : undefined));
    const answer = await smtp(box.url).send(MAIL, never);
    expect(answer).toEqual({ state: 'refused', permanent, reason: expect.stringContaining(String(code)) });
    expect(box.mails).toEqual([]);
  });

  it('sends the next mail after a refusal', async () => {
    let refuse = true;
    const box = await mailbox((where) => (where === 'recipient' && refuse ? 550 : undefined));
    const mailer = smtp(box.url);
    await mailer.send(MAIL, never);
    refuse = false;
    expect((await mailer.send(MAIL, never)).state).toBe('accepted');
  });

  it.each(['recipient', 'content'] as const)(
    'takes a connection that breaks at the %s for no refusal',
    async (place) => {
      const box = await mailbox((where) => (where === place ? 'drop' : undefined));
      expect(await smtp(box.url).send(MAIL, never)).toMatchObject({ state: 'refused', permanent: false });
      // Of the second the server has it all: the next try has the same Message-ID.
      expect(box.mails).toHaveLength(place === 'content' ? 1 : 0);
    },
  );

  it('takes nobody who listens for no refusal', async () => {
    const box = await openMailbox();
    await box.close();
    expect(await smtp(box.url).send(MAIL, never)).toMatchObject({ state: 'refused', permanent: false });
  });

  it('gives up on a server that says nothing when it is told to', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    ends.push(() => silent.close());
    const { port } = silent.address() as { port: number };
    const answer = await smtp(`smtp://127.0.0.1:${port}`).send(MAIL, AbortSignal.timeout(300));
    expect(answer).toMatchObject({ state: 'refused', permanent: false });
  });

  it('hands nothing to a server without TLS that is to have it', async () => {
    const box = await mailbox();
    expect(await smtp(`${box.url}?tls=required`).send(MAIL, never)).toMatchObject({
      state: 'refused',
      permanent: false,
      reason: expect.stringMatching(/TLS/i),
    });
    expect(box.mails).toEqual([]);
  });

  it('does not believe a certificate that nobody has signed', async () => {
    // The server's own, for localhost.
    const box = await mailbox(undefined, { disabledCommands: [] });
    expect(await smtp(`${box.url}?tls=required`).send(MAIL, never)).toMatchObject({
      state: 'refused',
      permanent: false,
      reason: expect.stringMatching(/certificate|self.signed|altnames/i),
    });
    expect(box.mails).toEqual([]);
  });

  it('hands over by STARTTLS to a server whose certificate the machine believes', async () => {
    const { key, cert, file } = await selfSigned();
    const secure: boolean[] = [];
    const box = await mailbox(undefined, {
      disabledCommands: [],
      key,
      cert,
      onMailFrom: (_, session, done) => done(void secure.push(session.secure)),
    });
    const url = `${box.url}?tls=required`;
    // Whom to believe, Node reads when it starts: the mailer is in a process that was told.
    const answer = await sentElsewhere(url, { NODE_EXTRA_CA_CERTS: file });
    expect(answer).toEqual({ state: 'accepted', reference: expect.stringContaining('queued as TEST') });
    expect(secure).toEqual([true]);
    expect(box.mails.map((mail) => headerOf(mail, 'Message-ID'))).toEqual([MAIL.messageId]);
    expect(partsOf(box.mails[0] as ReceivedMail, 'application/pdf')[0]?.equals(PDF)).toBe(true);
    expect(await sentElsewhere(url, {})).toMatchObject({
      state: 'refused',
      reason: expect.stringMatching(/self.signed/i),
    });
    expect(secure).toEqual([true]);
  });

  it('logs in with what the URL says, and blames no mail for a wrong password', async () => {
    const box = await mailbox(undefined, {
      authOptional: false,
      onAuth: ({ username, password }, _, done) =>
        username === 'isp@relay' && password === 'p:ss/w' ? done(null, { user: 1 }) : done(new Error('wrong')),
    });
    const url = (password: string) => `smtp://isp%40relay:${encodeURIComponent(password)}@127.0.0.1:${box.port}`;
    expect((await smtp(url('p:ss/w')).send(MAIL, never)).state).toBe('accepted');
    expect(await smtp(url('no')).send(MAIL, never)).toMatchObject({ state: 'refused', permanent: false });
  });
});

describe('names and addresses', () => {
  const EVIL = 'X\r\nBcc: spy@evil.example\r\n\r\nBody';

  it('cannot add a header or a recipient', async () => {
    const box = await mailbox();
    const mail = {
      ...MAIL,
      subject: EVIL,
      language: EVIL,
      from: { ...MAIL.from, name: EVIL },
      to: { ...MAIL.to, name: `${EVIL}" <spy@evil.example>, "` },
      attachments: [{ filename: EVIL, contentType: 'application/pdf', content: PDF }],
    };
    await smtp(box.url).send(mail, never);
    const [got] = box.mails;
    if (!got) throw new Error('nothing came');
    expect(got.to).toEqual(['zoe@customer.example']);
    expect(headersOf(got)).not.toContain('Bcc');
    expect(new Set(headersOf(got)).size).toBe(headersOf(got).length);
    expect(partsOf(got, 'application/pdf')[0]?.equals(PDF)).toBe(true);
  });

  it.each([
    'a@b\r\nRCPT TO:<spy@evil.example>',
    'a@b.example, spy@evil.example',
    'a b@c.example',
    '<a@b.example>',
    'a@b@c.example',
    '"a b"@c.example',
    'a@',
    '@b.example',
    'a@-b.example',
    `${'a'.repeat(250)}@b.example`,
    'ä@b.example',
    '',
  ])('%j is no address', async (address) => {
    expect(isAddress(address)).toBe(false);
    const box = await mailbox();
    const answer = await smtp(box.url).send({ ...MAIL, to: { address } }, never);
    expect([answer.state, box.mails]).toEqual(['refused', []]);
  });

  it.each(['john.doe+isp@example.com', "o'neill@b.co.uk", 'a@localhost'])('%s is one', (address) =>
    expect(isAddress(address)).toBe(true),
  );

  it('are read from the configuration', () => {
    expect(readSender('Example ISP <a@b.example>')).toEqual({ name: 'Example ISP', address: 'a@b.example' });
    expect(readSender('a@b.example')).toEqual({ address: 'a@b.example' });
    expect(headerText('a\r\n\tb\u2028c')).toBe('a b c');
  });
});

describe('mailers without a server', () => {
  it('write a file that is the mail, one however often it comes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'isp-mail-'));
    ends.push(() => rm(directory, { recursive: true, force: true }));
    const mailer = new FolderMailer(join(directory, 'mail'));
    expect(await mailer.send(MAIL)).toEqual({ state: 'accepted', reference: '7.abc.eml' });
    await mailer.send(MAIL);
    expect(await readdir(join(directory, 'mail'))).toEqual(['7.abc.eml']);
    const raw = await readFile(join(directory, 'mail', '7.abc.eml'), 'latin1');
    expect(headerOf({ raw }, 'Message-ID')).toBe(MAIL.messageId);
    expect(partsOf({ raw }, 'application/pdf')[0]?.equals(PDF)).toBe(true);
    const outside = await mailer.send({ ...MAIL, messageId: '<../../x@isp.example>' });
    expect(outside).toMatchObject({ reference: '....x.eml' });
  });

  it('say that there is none', async () => {
    expect(await new NoMailer().send()).toMatchObject({ state: 'refused', permanent: true });
  });
});
