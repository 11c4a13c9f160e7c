import { Money, addDays, decimal } from '@isp/kernel';
import { encode } from 'uqr';
import { taxSummary } from '../invoices/tax-summary.js';
import type { DocumentFacts } from './document-facts.js';
import { daysOf, explained } from './line-words.js';
import { letterHead, pageFooter } from './letter-head.js';
import { creditorReference, epcText, inFours } from './payment-reference.js';
import { ACCENT, type Cell, type Column, INK, PAGE, SOFT, Sheet } from './pdf-sheet.js';
import { Writer } from './words.js';

const WIDTH = PAGE.right - PAGE.left;

/** An issued invoice or credit note as PDF. The same facts make the same bytes. */
export function invoicePdf(facts: DocumentFacts): Promise<Buffer> {
  return new InvoicePdf(facts).render();
}

class InvoicePdf {
  private readonly writer: Writer;
  private readonly sheet: Sheet;
  private readonly total: Money;
  private readonly due: Money;

  constructor(private readonly facts: DocumentFacts) {
    const { invoice, issuer, language, setOffAmount } = facts;
    this.writer = new Writer(language);
    this.total = Money.of(invoice.totalAmount, invoice.currency);
    this.due = this.total.minus(Money.of(setOffAmount, invoice.currency));
    this.sheet = new Sheet({
      title: `${this.writer.say(invoice.document)} ${invoice.number ?? ''}`,
      author: issuer.name,
      language: this.writer.code,
      createdAt: invoice.issuedAt ?? invoice.createdAt,
      footer: pageFooter(issuer, this.writer),
    });
  }

  render(): Promise<Buffer> {
    const { invoice, issuer, customer } = this.facts;
    const title = this.writer.say(invoice.document);
    letterHead(this.sheet, { issuer, customer, title, meta: this.meta(), writer: this.writer });
    this.lines();
    this.totals();
    this.notes();
    this.payment();
    return this.sheet.finish();
  }

  private money(amount: string | Money): string {
    const { currency } = this.facts.invoice;
    const exact = typeof amount === 'string' ? Money.of(amount, currency) : amount;
    return this.writer.number(exact.toText());
  }

  private meta(): [string, string][] {
    const { invoice, customer, accountName, corrects } = this.facts;
    const { writer } = this;
    const { periodFrom, periodUntil } = invoice;
    const date = (day: string | null): string => (day === null ? '' : writer.date(day));
    const rows: [string, string][] = [
      [writer.say('number'), invoice.number ?? ''],
      [writer.say('issue_date'), date(invoice.issuedOn)],
      [writer.say('due_date'), date(invoice.dueOn)],
      [writer.say('corrects'), correctsWords(corrects, date)],
      [
        writer.say('period'),
        periodFrom === null || periodUntil === null ? '' : `${date(periodFrom)} – ${date(addDays(periodUntil, -1))}`,
      ],
      [writer.say('customer'), customer.displayId],
      [writer.say('account'), `${accountName}, ${invoice.currency}`],
    ];
    return rows.filter(([, value]) => value !== '');
  }

  private lines(): void {
    const { writer } = this;
    const { lines, currency } = this.facts.invoice;
    const columns: Column[] = [
      { x: PAGE.left, width: 24, title: writer.say('position') },
      { x: PAGE.left + 28, width: 250, title: writer.say('description') },
      { x: PAGE.left + 284, width: 62, title: writer.say('net'), align: 'right' },
      { x: PAGE.left + 350, width: 66, title: writer.say('tax'), align: 'right' },
      { x: PAGE.left + 420, width: 63, title: writer.say('gross'), align: 'right' },
    ];
    const rows = lines.map((line): Cell[] => {
      const detail = [daysOf(line, writer), explained(line.inputs, currency, writer)].filter(
        (part) => part !== undefined,
      );
      const gross = Money.of(line.amount, currency).plus(Money.of(line.taxAmount, currency));
      const rates = line.taxes.map(({ percent }) => `${writer.number(decimal(percent).toFixed())} %`).join(' + ');
      return [
        { text: String(line.position) },
        { text: line.description, detail: detail.length > 0 ? detail.join(' · ') : undefined },
        { text: this.money(line.amount) },
        { text: this.money(line.taxAmount), detail: rates === '' ? undefined : rates },
        { text: this.money(gross) },
      ];
    });
    this.sheet.table(columns, rows);
  }

  private totals(): void {
    const { sheet, writer } = this;
    const { invoice } = this.facts;
    const taxes = taxSummary(invoice.lines, invoice.currency);
    sheet.y += 6;
    sheet.room(106 + taxes.length * 26);
    const top = sheet.y;
    const bottom = this.summary(taxes, top);
    const rows: [string, string][] = [
      [writer.say('subtotal'), this.money(invoice.subtotalAmount)],
      [writer.say('total_tax'), this.money(invoice.taxAmount)],
      ...this.setOff(),
    ];
    const x = PAGE.left + 284;
    let y = top;
    for (const [name, value] of rows) {
      sheet.text(name, x, y, 120, { color: SOFT });
      sheet.text(value, x + 100, y, 99, { align: 'right' });
      y += 15;
    }
    sheet.box(x - 6, y, WIDTH - 284 + 12, 26, ACCENT);
    const white = { color: '#ffffff', face: 'bold', size: 11 } as const;
    sheet.text(writer.say(invoice.document === 'invoice' ? 'total' : 'total_credit'), x, y + 5, 120, white);
    sheet.text(`${invoice.currency} ${this.money(this.due)}`, x + 80, y + 5, 119, { ...white, align: 'right' });
    sheet.y = Math.max(bottom, y + 26) + 18;
  }

  /** Where something was paid ahead, the total is said before what is left of it. */
  private setOff(): [string, string][] {
    const { setOffAmount, invoice } = this.facts;
    const paid = Money.of(setOffAmount, invoice.currency);
    if (paid.isZero()) return [];
    return [
      [this.writer.say('gross'), this.money(this.total)],
      [this.writer.say('paid_ahead'), this.money(paid.negated())],
    ];
  }

  /** What each rate was applied to. Answers where it ends. */
  private summary(taxes: ReturnType<typeof taxSummary>, top: number): number {
    const { sheet, writer } = this;
    const { invoice, exemptions } = this.facts;
    const small = { size: 8 } as const;
    const grey = { size: 7.5, color: SOFT, face: 'bold' } as const;
    sheet.text(writer.say('tax_summary'), PAGE.left, top, 120, grey);
    sheet.text(writer.say('base'), PAGE.left + 116, top, 66, { ...grey, align: 'right' });
    sheet.text(writer.say('tax'), PAGE.left + 186, top, 60, { ...grey, align: 'right' });
    let y = top + 14;
    for (const { name, percent, inclusive, base, amount } of taxes) {
      const included = inclusive ? ` (${writer.say('included')})` : '';
      const what = `${name} ${writer.number(decimal(percent).toFixed())} %${included}`;
      const height = sheet.text(what, PAGE.left, y, 116, small);
      sheet.text(this.money(base), PAGE.left + 116, y, 66, { ...small, align: 'right' });
      sheet.text(this.money(amount), PAGE.left + 186, y, 60, { ...small, align: 'right' });
      y += height + 2;
    }
    const untaxed = invoice.lines.filter((line) => line.taxes.length === 0);
    if (untaxed.length > 0) {
      const sum = Money.sum(
        untaxed.map(({ amount }) => Money.of(amount, invoice.currency)),
        invoice.currency,
      );
      const certificates = exemptions.map(({ certificate }) => certificate).join(', ');
      const exempt = `${writer.say('exempt')}. ${writer.say('certificate')}: ${certificates}`;
      const height = sheet.text(certificates === '' ? writer.say('untaxed') : exempt, PAGE.left, y, 116, small);
      sheet.text(this.money(sum), PAGE.left + 116, y, 66, { ...small, align: 'right' });
      y += height + 2;
    }
    return y;
  }

  private notes(): void {
    const { notes } = this.facts.invoice;
    if (notes === null || notes.trim() === '') return;
    const height = this.sheet.heightOf(notes, WIDTH) + 16;
    this.sheet.room(Math.min(height, 200));
    this.sheet.y += this.sheet.text(this.writer.say('notes'), PAGE.left, this.sheet.y, WIDTH, {
      face: 'bold',
      color: ACCENT,
    });
    this.sheet.y += this.sheet.text(notes, PAGE.left, this.sheet.y + 2, WIDTH) + 14;
  }

  private payment(): void {
    const { sheet, writer } = this;
    const { invoice, issuer } = this.facts;
    if (invoice.document === 'credit_note') return this.closing(writer.say('credited'));
    if (!this.due.isPositive()) return this.closing(writer.say('nothing_to_pay'));
    const number = invoice.number ?? '';
    const reference = creditorReference(number) ?? number;
    const account = issuer.iban === null ? issuer.bankAccount : inFours(issuer.iban);
    const slip: [string, string | null][] = [
      [writer.say('payee'), issuer.name],
      [writer.say('bank'), issuer.bankName],
      [issuer.iban === null ? writer.say('bank_account') : 'IBAN', account],
      ['BIC', issuer.bic],
      [writer.say('reference'), issuer.iban === null ? number : inFours(reference)],
      [writer.say('amount'), `${invoice.currency} ${this.money(this.due)}`],
    ];
    const rows = slip.filter((row): row is [string, string] => row[1] !== null);
    const { iban, bic, name } = issuer;
    const transfer = { name, bic, amount: this.due.toText(), reference };
    const code = iban !== null && invoice.currency === 'EUR' ? epcText({ ...transfer, iban }) : undefined;
    const height = Math.max(rows.length * 15 + 44, code === undefined ? 0 : 138);
    sheet.room(height);
    const top = sheet.y;
    sheet.box(PAGE.left - 6, top, WIDTH + 12, height);
    const values = {
      amount: `${invoice.currency} ${this.money(this.due)}`,
      date: writer.date(invoice.dueOn ?? invoice.issuedOn ?? ''),
    };
    sheet.text(writer.say('payment'), PAGE.left + 4, top + 8, 300, { face: 'bold', color: ACCENT, size: 10 });
    sheet.text(writer.say('pay_by', values), PAGE.left + 4, top + 23, 340, { color: INK });
    rows.forEach(([what, value], index) => {
      const y = top + 40 + index * 15;
      sheet.text(what, PAGE.left + 4, y, 80, { color: SOFT, size: 8 });
      sheet.text(value, PAGE.left + 86, y - 1, 260, {});
    });
    if (code !== undefined) {
      sheet.squares(encode(code, { ecc: 'M', border: 0, maxVersion: 13 }).data, PAGE.right - 106, top + 14, 94);
      sheet.text(writer.say('scan'), PAGE.right - 134, top + 119, 130, { size: 7, color: SOFT, align: 'right' });
    }
    sheet.y = top + height + 10;
  }

  private closing(words: string): void {
    this.sheet.room(20);
    this.sheet.y += this.sheet.text(words, PAGE.left, this.sheet.y, WIDTH) + 8;
  }
}

/** As many as a line holds. */
const MOST_NAMED = 3;

function correctsWords(corrects: DocumentFacts['corrects'], date: (day: string | null) => string): string {
  const [first, ...others] = corrects;
  if (!first) return '';
  if (others.length === 0) return `${first.number}, ${date(first.issuedOn)}`;
  const named = corrects.slice(0, MOST_NAMED).map(({ number }) => number);
  return [...named, ...(corrects.length > MOST_NAMED ? [`+ ${corrects.length - MOST_NAMED}`] : [])].join(', ');
}
