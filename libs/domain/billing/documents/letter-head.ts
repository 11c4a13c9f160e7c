import type { IssuerDetails } from '../settings/issuer-details.js';
import type { PrintedAddress, PrintedCustomer } from './document-facts.js';
import { ACCENT, INK, PAGE, SOFT, type Sheet } from './pdf-sheet.js';
import type { Writer } from './words.js';

/** Where a window envelope shows the address (DIN 5008, form B), and where the text of a letter begins. */
const WINDOW = { top: 127.6, height: 100 } as const;

interface Head {
  readonly issuer: IssuerDetails;
  readonly customer: PrintedCustomer;
  readonly title: string;
  readonly meta: readonly (readonly [name: string, value: string])[];
  readonly writer: Writer;
}

/** The lines of an address, without the country where it is the issuer's own. */
function placeLines({ street, city, zip, state, country }: PrintedAddress, home: string): string[] {
  const town = [zip, city, state ?? ''].filter((part) => part !== '').join(' ');
  return [street, town, country === undefined || country === home ? '' : country].filter((part) => part !== '');
}

/** Sender, address window, title and what identifies the document; leaves the sheet where its body begins. */
export function letterHead(sheet: Sheet, { issuer, customer, title, meta, writer }: Head): void {
  const { name, logoText, email, phone, website, taxId } = issuer;
  sheet.text(logoText ?? name, PAGE.left, PAGE.top, 280, { face: 'bold', size: 19, color: ACCENT });
  const right = { size: 8, color: SOFT, align: 'right' } as const;
  const place = placeLines({ ...issuer, state: issuer.state ?? undefined, country: undefined }, issuer.country);
  const reach = [phone, email, website, taxId === null ? null : `${writer.say('tax_id')} ${taxId}`];
  sheet.text(name, PAGE.right - 190, PAGE.top, 190, { ...right, face: 'bold', color: INK });
  sheet.lines([...place, ...reach.filter((one) => one !== null)], PAGE.right - 190, PAGE.top + 12, 190, right);
  sheet.text(`${name} · ${place.join(' · ')}`, PAGE.left, WINDOW.top, 250, { size: 6.5, color: SOFT });
  const address = customer.address ? placeLines(customer.address, issuer.country) : [];
  sheet.lines([customer.name, ...address], PAGE.left, WINDOW.top + 18, 240, { size: 10 });
  const top = WINDOW.top + WINDOW.height + 24;
  sheet.text(title, PAGE.left, top, 260, { face: 'bold', size: 20, color: INK });
  let y = WINDOW.top + 18;
  for (const [what, value] of meta) {
    sheet.text(what, PAGE.left + 284, y, 80, { size: 8, color: SOFT });
    y += Math.max(12, sheet.text(value, PAGE.left + 360, y, 123, { size: 8, face: 'bold', align: 'right' })) + 2;
  }
  sheet.y = Math.max(top + 38, y + 14);
}

export function pageFooter(issuer: IssuerDetails, writer: Writer) {
  const { name, registration, taxId, footer } = issuer;
  const parts = [
    name,
    registration === null ? null : `${writer.say('registration')} ${registration}`,
    taxId === null ? null : `${writer.say('tax_id')} ${taxId}`,
    footer,
  ];
  const left = parts.filter((part) => part !== null).join(' · ');
  return (page: number, pages: number) => [left, writer.say('page', { page, pages })] as const;
}
