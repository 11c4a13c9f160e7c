import type { MailAddress } from './mailer.port.js';

// What RFC 5321 calls a dot-string, and a host name: quoted local parts and address literals are nobody's in practice.
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** Whether a mail can be addressed to it: nothing that a header or an SMTP command could be broken with gets through. */
export const isAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text);

/** Text for a header: one line, and of a length that headers have. */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);

/** `billing@isp.example` or `Example ISP <billing@isp.example>`, as the configuration has it. */
export function readSender(text: string): MailAddress {
  const [, name, address] = /^(.*) <([^<>]+)>$/.exec(text) ?? [];
  return address === undefined ? { address: text } : { name: headerText(name ?? ''), address };
}
