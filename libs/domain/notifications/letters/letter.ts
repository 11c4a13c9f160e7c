/** What an e-mail says, without the way in which it is shown. */
export interface Letter {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** Who writes: the last lines. */
  readonly sender: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
const INK = 'color:#1f2933;font:15px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';

export function letterText({ greeting, paragraphs, rows, sender }: Letter): string {
  const facts = rows.map(([name, value]) => `${name}: ${value}`).join('\n');
  return `${[greeting, ...paragraphs, facts, `-- \n${sender.join('\n')}`].filter((part) => part !== '').join('\n\n')}\n`;
}

/** Everything that comes from outside is escaped; there is nothing in it to load or to click on. */
export function letterHtml({ subject, greeting, paragraphs, rows, sender }: Letter, language: string): string {
  const said = [greeting, ...paragraphs].map((text) => `<p>${escaped(text)}</p>`).join('\n');
  const facts = rows
    .map(
      ([name, value]) =>
        `<tr><td style="padding:2px 24px 2px 0;color:#616e7c">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
    )
    .join('\n');
  const table = facts === '' ? '' : `<table role="presentation" style="${INK}">\n${facts}\n</table>\n`;
  const end = sender.map(escaped).join('<br>\n');
  return `<!doctype html>
<html lang="${escaped(language)}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="margin:24px;${INK}">
${said}
${table}<p style="color:#616e7c;font-size:13px">${end}</p>
</body></html>
`;
}
