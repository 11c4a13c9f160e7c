import type { Config } from '@isp/platform/config';
import { readSender } from './address.js';
import { FolderMailer } from './folder.adapter.js';
import type { MailAddress, Mailer } from './mailer.port.js';
import { NoMailer } from './no-mail.adapter.js';
import { SmtpMailer } from './smtp.adapter.js';

/** The mailer that the configuration asks for. */
export function mailerOf({ ISP_SMTP_URL: url, ISP_MAIL_DIR: directory }: Config): Mailer {
  if (url !== undefined) return new SmtpMailer(url);
  return directory === undefined ? new NoMailer() : new FolderMailer(directory);
}

/** Who mails come from. Nobody at all where there is no mail server. */
export const senderOf = ({ ISP_MAIL_FROM: from }: Config): MailAddress => readSender(from ?? 'billing@isp.example');
