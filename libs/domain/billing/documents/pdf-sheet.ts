import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Font, create } from 'fontkit';
import PDFDocument from 'pdfkit';

export const INK = '#1b2430';
export const SOFT = '#5d6878';
export const ACCENT = '#0b4f8a';
const RULE = '#cfd6df';
const BAND = '#eef3f8';

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 539, top: 48, bottom: 770 } as const;

const FACES = {
  regular: '400Regular/NotoSans_400Regular.ttf',
  bold: '700Bold/NotoSans_700Bold.ttf',
} as const;
export type Face = keyof typeof FACES;

let fonts: Readonly<Record<Face, Font>> | undefined;

/**
 * Letters of Latin, Greek and Cyrillic: names are written as their bearers write them. Read and parsed once: parsing them
 * is three quarters of what a page of one's own would cost.
 */
function loadedFonts(): Readonly<Record<Face, Font>> {
  const require = createRequire(import.meta.url);
  const load = (face: Face) =>
    create(readFileSync(require.resolve(`@expo-google-fonts/noto-sans/${FACES[face]}`))) as Font;
  fonts ??= { regular: load('regular'), bold: load('bold') };
  return fonts;
}

export interface Style {
  readonly face?: Face;
  readonly size?: number;
  readonly color?: string;
  readonly align?: 'left' | 'right';
}

export interface Column {
  readonly x: number;
  readonly width: number;
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** One cell; `detail` stands under it in small letters. */
export interface Cell {
  readonly text: string;
  readonly detail?: string | undefined;
}

export interface SheetOptions {
  readonly title: string;
  readonly author: string;
  readonly language: string;
  /** What the file says of its making. The same facts make the same bytes: nothing else in it depends on the time. */
  readonly createdAt: Date;
  /** The last line of every page; it knows how many there are. */
  readonly footer: (page: number, pages: number) => readonly [left: string, right: string];
}

/** A page that is written from top to bottom, with tables that go on over pages. Coordinates are points from the top left. */
export class Sheet {
  /** Where the next thing begins. */
  y: number = PAGE.top;
  private readonly document: PDFKit.PDFDocument;
  private readonly chunks: Buffer[] = [];

  constructor(private readonly options: SheetOptions) {
    const { title, author, createdAt } = options;
    const info = {
      Title: title,
      Author: author,
      Creator: 'ISP Framework',
      Producer: 'ISP Framework',
      CreationDate: createdAt,
      ModDate: createdAt,
    };
    this.document = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: options.language,
      displayTitle: true,
      info,
    });
    this.document.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    // It takes parsed fonts, of which its types know nothing.
    for (const [face, font] of Object.entries(loadedFonts())) this.document.registerFont(face, font as never);
  }

  /** Writes into a box and answers how high it came to be. */
  text(words: string, x: number, y: number, width: number, style: Style = {}): number {
    const { face = 'regular', size = 9, color = INK, align = 'left' } = style;
    this.document.font(face).fontSize(size).fillColor(color);
    const height = this.document.heightOfString(words, { width });
    this.document.text(words, x, y, { width, align });
    return height;
  }

  heightOf(words: string, width: number, { face = 'regular', size = 9 }: Style = {}): number {
    return this.document.font(face).fontSize(size).heightOfString(words, { width });
  }

  /** Lines of text, one under the other. Answers where they end. */
  lines(all: readonly string[], x: number, y: number, width: number, style: Style = {}): number {
    return all.reduce((at, words) => at + this.text(words, x, at, width, style) + 1, y);
  }

  rule(y: number, from: number = PAGE.left, to: number = PAGE.right, color: string = RULE, width = 0.7): void {
    this.document.moveTo(from, y).lineTo(to, y).lineWidth(width).strokeColor(color).stroke();
  }

  box(x: number, y: number, width: number, height: number, color: string = BAND): void {
    this.document.roundedRect(x, y, width, height, 3).fillColor(color).fill();
  }

  /** A QR code as squares. */
  squares(rows: readonly (readonly boolean[])[], x: number, y: number, size: number): void {
    const unit = size / rows.length;
    this.document
      .rect(x - 8, y - 8, size + 16, size + 16)
      .fillColor('#ffffff')
      .fill();
    rows.forEach((row, down) =>
      row.forEach((dark, along) => {
        if (dark) this.document.rect(x + along * unit, y + down * unit, unit, unit);
      }),
    );
    this.document.fillColor('#000000').fill();
  }

  /** Makes sure that so much fits on this page, else begins another. Answers whether it did. */
  room(height: number): boolean {
    if (this.y + height <= PAGE.bottom) return false;
    this.document.addPage();
    this.y = PAGE.top;
    return true;
  }

  /** A table; its head is repeated on every page that it reaches. */
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    this.head(columns);
    for (const row of rows) {
      const heights = columns.map(({ width }, index) => this.cellHeight(row[index], width));
      const height = Math.max(...heights) + 9;
      if (this.room(height)) this.head(columns);
      columns.forEach((column, index) => this.cell(row[index], column));
      this.y += height;
      this.rule(this.y - 3);
    }
  }

  private head(columns: readonly Column[]): void {
    const style = { face: 'bold', size: 8, color: ACCENT } as const;
    const height = Math.max(...columns.map(({ title, width }) => this.heightOf(title, width, style))) + 8;
    this.box(PAGE.left - 6, this.y, PAGE.right - PAGE.left + 12, height);
    for (const { x, width, title, align } of columns)
      this.text(title, x, this.y + 4, width, { ...style, align: align ?? 'left' });
    this.y += height + 5;
  }

  private cellHeight(cell: Cell | undefined, width: number): number {
    if (!cell) return 0;
    const detail = cell.detail === undefined ? 0 : this.heightOf(cell.detail, width, { size: 7.5 }) + 1;
    return this.heightOf(cell.text, width) + detail;
  }

  private cell(cell: Cell | undefined, { x, width, align = 'left' }: Column): void {
    if (!cell) return;
    const height = this.text(cell.text, x, this.y, width, { align });
    if (cell.detail !== undefined)
      this.text(cell.detail, x, this.y + height + 1, width, { size: 7.5, color: SOFT, align });
  }

  /** Writes the feet of all pages and answers the file. */
  finish(): Promise<Buffer> {
    const { count } = this.document.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.document.switchToPage(page);
      const [left, right] = this.options.footer(page + 1, count);
      this.rule(788);
      this.text(left, PAGE.left, 794, 390, { size: 7, color: SOFT });
      this.text(right, PAGE.right - 90, 794, 90, { size: 7, color: SOFT, align: 'right' });
    }
    return new Promise((resolve, reject) => {
      this.document.on('end', () => resolve(Buffer.concat(this.chunks)));
      this.document.on('error', reject);
      this.document.end();
    });
  }
}
