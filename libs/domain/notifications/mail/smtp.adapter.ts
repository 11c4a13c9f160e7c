import { type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type NodemailerError } from 'nodemailer';
import { nodemailerMessage } from './mail-message.js';
import type { Mail, MailAnswer, Mailer } from './mailer.port.js';

/** Connections that one process keeps to the mail server. */
export const MOST_CONNECTIONS = 5;
const CONNECT_MS = 10_000;
/** Of silence. */
const SOCKET_MS = 30_000;
const IDLE_MS = 30_000;
/** Refused by this very message: what the server thinks of our log-in or of TLS is nobody's fault but ours. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Hands mails to an SMTP server (RFC 5321, submission of RFC 6409), over connections that are kept. Without `smtps` it
 * demands STARTTLS, so that nobody on the way can talk us out of it; a server on this machine, or `?tls=optional`, need
 * not have it.
 */
export class SmtpMailer implements Mailer, OnApplicationShutdown {
  private readonly transport;

  constructor(url: string) {
    const { protocol, hostname, port, username, password, searchParams } = new URL(url);
    const secure = protocol === 'smtps:';
    const tls = searchParams.get('tls') ?? (LOOPBACK.test(hostname) ? 'optional' : 'required');
    this.transport = createTransport({
      pool: true,
      maxConnections: MOST_CONNECTIONS,
      // A message whose connection breaks comes again by itself, as every other failure.
      maxRequeues: 0,
      // Servers close a connection that is idle for minutes: ours is gone before.
      idleTimeout: IDLE_MS,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTLS: !secure && tls !== 'optional',
      ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: SOCKET_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(mail: Mail, signal: AbortSignal): Promise<MailAnswer> {
    try {
      const { response } = await this.transport.sendMail({ ...nodemailerMessage(mail), signal });
      return { state: 'accepted', reference: response };
    } catch (error) {
      return refusalOf(error as NodemailerError);
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

function refusalOf({ code, message, permanent }: NodemailerError): MailAnswer {
  return { state: 'refused', permanent: permanent === true && OF_THE_MESSAGE.has(code ?? ''), reason: message };
}
