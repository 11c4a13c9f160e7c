import type { MailAnswer, Mailer } from './mailer.port.js';

/**
 * A deployment without a mail server: every message fails at once and says why. Nothing waits for a server to come, so
 * none that is months old goes out on the day on which there is one; a person may try again what is still wanted.
 */
export class NoMailer implements Mailer {
  readonly missing = 'No mail server is set up (ISP_SMTP_URL).';

  send(): Promise<MailAnswer> {
    return Promise.resolve({ state: 'refused', permanent: true, reason: this.missing });
  }
}
