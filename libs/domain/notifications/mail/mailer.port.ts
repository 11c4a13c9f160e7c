export interface MailAddress {
  readonly name?: string | undefined;
  /** `name@host`, checked: see `isAddress`. */
  readonly address: string;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface Mail {
  /** With its angle brackets (RFC 5322). */
  readonly messageId: string;
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly replyTo?: MailAddress | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** BCP 47. */
  readonly language: string;
  readonly date: Date;
  readonly attachments: readonly MailAttachment[];
}

/** What a mail server says to a mail. Only what it refuses for good is not worth another try. */
export type MailAnswer =
  | { readonly state: 'accepted'; readonly reference: string }
  | { readonly state: 'refused'; readonly permanent: boolean; readonly reason: string };

/**
 * Hands a mail to whoever carries it: an extension point. A mailer that does not know whether a mail was taken (a
 * connection that broke after the content) answers a refusal that is not permanent: the same mail comes again under the
 * same Message-ID.
 */
export interface Mailer {
  /** Why it can send nothing at all, for people to read; undefined: it can. */
  readonly missing?: string;
  /** Never rejects for what a server does. `signal` ends the attempt. */
  send(mail: Mail, signal: AbortSignal): Promise<MailAnswer>;
}

/** The mailer of this deployment. */
export const MAILER = Symbol('Mailer');
