import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
}

/** What the server says to a recipient, or to a whole mail: an SMTP code, a broken connection, or that all is well. */
export type Behaviour = (place: 'recipient' | 'content', address: string) => number | 'drop' | undefined;

/** An SMTP server in this process that keeps what it gets, and takes its time to say so. */
export async function openMailbox(
  behaviour: Behaviour = () => undefined,
  options: SMTPServerOptions = {},
  thinksMs = 0,
) {
  const mails: ReceivedMail[] = [];
  const refusal = (code: number) => Object.assign(new Error(`says ${code}`), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, session, done) => {
      const what = behaviour('recipient', address);
      if (what === 'drop') return drop(session.id);
      done(what === undefined ? null : refusal(what));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const to = rcptTo.map(({ address }) => address);
        const what = behaviour('content', to[0] ?? '');
        if (typeof what === 'number') return done(refusal(what));
        const from = mailFrom === false ? '' : (mailFrom?.address ?? '');
        mails.push({ from, to, raw: Buffer.concat(chunks).toString('latin1') });
        // It was taken, and whoever sent it will never know.
        if (what === 'drop') return drop(session.id);
        setTimeout(() => done(null, 'queued as TEST'), thinksMs);
      });
    },
    ...options,
  });
  const drop = (id: string): void => {
    for (const connection of server.connections)
      if ((connection as unknown as { id: string }).id === id)
        (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
  };
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    mails,
    port,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A header of a mail, unfolded; undefined without it. */
export function headerOf({ raw }: Pick<ReceivedMail, 'raw'>, name: string): string | undefined {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1];
}

/** How often a header is there. */
export const headersOf = ({ raw }: Pick<ReceivedMail, 'raw'>): string[] =>
  (raw.split('\r\n\r\n', 1)[0] ?? '')
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => line.split(':', 1)[0] ?? '');

/** The decoded parts of a mail of a type. */
export function partsOf({ raw }: Pick<ReceivedMail, 'raw'>, type: string): Buffer[] {
  const boundaries = [...raw.matchAll(/boundary="([^"]+)"/g)].map(([, boundary = '']) => boundary);
  const pieces = boundaries.reduce((found, boundary) => found.flatMap((one) => one.split(`--${boundary}`)), [raw]);
  return pieces.flatMap((piece) => {
    const [head = '', ...body] = piece.trimStart().split('\r\n\r\n');
    if (!head.toLowerCase().includes(`content-type: ${type}`)) return [];
    const text = body.join('\r\n\r\n');
    if (/content-transfer-encoding: base64/i.test(head)) return [Buffer.from(text, 'base64')];
    return [/quoted-printable/i.test(head) ? quotedPrintable(text) : Buffer.from(text, 'latin1')];
  });
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replace(/=\r\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}
