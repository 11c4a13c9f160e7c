import type { DocumentFacts } from './document-facts.js';
import { invoicePdf } from './invoice-pdf.js';
import { type StatementFacts, statementPdf } from './statement-pdf.js';

/** What is to be drawn. It crosses a thread's border, so it is plain data. */
export type PdfTask =
  | { readonly document: 'invoice'; readonly facts: DocumentFacts }
  | { readonly document: 'statement'; readonly facts: StatementFacts };

/** What the thread does that `PdfDrawer` starts. */
export function run(task: PdfTask): Promise<Buffer> {
  return task.document === 'invoice' ? invoicePdf(task.facts) : statementPdf(task.facts);
}
