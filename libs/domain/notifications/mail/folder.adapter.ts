import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { nodemailerMessage } from './mail-message.js';
import type { Mail, MailAnswer, Mailer } from './mailer.port.js';

/**
 * The sandbox's mailer: writes each mail into a directory, as a file that mail programs open. The file has the name of the
 * Message-ID, so that a mail that comes twice is one file, as it is one mail for whoever receives it.
 */
export class FolderMailer implements Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(private readonly directory: string) {}

  async send(mail: Mail): Promise<MailAnswer> {
    try {
      const { message } = await this.transport.sendMail(nodemailerMessage(mail));
      const name = `${mail.messageId.replace(/@.*/, '').replace(/[^\w.-]/g, '')}.eml`;
      await mkdir(this.directory, { recursive: true });
      await writeFile(join(this.directory, `${name}.new`), message, { mode: 0o600 });
      await rename(join(this.directory, `${name}.new`), join(this.directory, name));
      return { state: 'accepted', reference: name };
    } catch (error) {
      return { state: 'refused', permanent: false, reason: (error as Error).message };
    }
  }
}
