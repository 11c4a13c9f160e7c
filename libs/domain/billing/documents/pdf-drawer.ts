import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SideThread } from '@isp/platform/threads';
import type { PdfTask } from './pdf.thread.js';

/**
 * Draws PDFs beside the event loop: a page keeps a processor for longer than a hundred requests do. The same facts make
 * the same bytes, wherever they are drawn.
 */
@Injectable()
export class PdfDrawer implements OnApplicationShutdown {
  private readonly thread = new SideThread<PdfTask, Uint8Array>({
    entry: import.meta.resolve('#threads/billing/documents/pdf'),
  });

  /** @throws `platform.thread.busy`, `platform.thread.slow`, `platform.thread.ended` */
  async draw(task: PdfTask): Promise<Buffer> {
    const { buffer, byteOffset, byteLength } = await this.thread.run(task);
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  /** Requests and work that wait for a page have been given their time before. */
  onApplicationShutdown(): Promise<void> {
    return this.thread.close();
  }
}
