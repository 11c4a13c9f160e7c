import type { SendMailOptions } from 'nodemailer';
import { headerText, isAddress } from './address.js';
import type { Mail, MailAddress } from './mailer.port.js';

/** A mail as nodemailer takes it. Addresses are objects and the envelope is said: nothing of ours is parsed. */
export function nodemailerMessage({ messageId, from, to, replyTo, language, attachments, ...mail }: Mail) {
  return {
    messageId,
    from: addressOf(from),
    to: addressOf(to),
    ...(replyTo === undefined ? {} : { replyTo: addressOf(replyTo) }),
    envelope: { from: from.address, to: [to.address] },
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    date: mail.date,
    // RFC 3834: no automatic answers, please.
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': headerText(language) },
    xMailer: false,
    attachments: attachments.map(({ filename, contentType, content }) => ({
      filename: headerText(filename),
      contentType: headerText(contentType),
      content,
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  } satisfies SendMailOptions;
}

function addressOf({ name = '', address }: MailAddress): { name: string; address: string } {
  if (!isAddress(address)) throw new TypeError('a mail is addressed to what is no address');
  return { name: headerText(name), address };
}
