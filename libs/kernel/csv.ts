/** A cell of a table that programs and spreadsheets read. Numbers are written as they are. */
export type CsvCell = string | number | boolean | null;

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // An apostrophe in front says "text" to every spreadsheet (OWASP, CSV injection).
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n\t']/.test(text) || text !== text.trim() ? `"${text.replace(/"/g, '""')}"` : text;
}

/** A table as CSV (RFC 4180), its head first. Text that a spreadsheet would compute is made plain text. */
export function csvText<C extends string>(
  columns: readonly C[],
  rows: readonly Readonly<Record<C, CsvCell>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => cellOf(row[column])).join(','));
  return `${[columns.map(cellOf).join(','), ...lines].join('\r\n')}\r\n`;
}
