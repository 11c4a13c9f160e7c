/** A language as documents are written in it. Its words are data: another one is another entry. */
interface Language {
  readonly decimal: string;
  readonly group: string;
  /** Day, month and year of a date, by the letters D, M and Y. */
  readonly date: string;
  /** Names that M stands for; two digits without them. */
  readonly months?: readonly string[];
  /** Its place in what is said. */
  readonly column: 0 | 1 | 2 | 3;
}

/** A word or a sentence in English, German, French and Spanish; in its braces stands what is filled in. */
export type Said = readonly [en: string, de: string, fr: string, es: string];
export type Phrases<Name extends string = string> = Readonly<Record<Name, Said>>;

const WORDS = {
  invoice: ['Invoice', 'Rechnung', 'Facture', 'Factura'],
  credit_note: ['Credit note', 'Gutschrift', 'Avoir', 'Factura rectificativa'],
  statement: ['Account statement', 'Kontoauszug', 'Relevé de compte', 'Extracto de cuenta'],
  number: ['Number', 'Nummer', 'Numéro', 'Número'],
  issue_date: ['Date', 'Datum', 'Date', 'Fecha'],
  due_date: ['Due date', 'Zahlbar bis', 'Échéance', 'Vencimiento'],
  period: ['Period', 'Zeitraum', 'Période', 'Periodo'],
  customer: ['Customer no.', 'Kundennummer', 'N° client', 'N.º de cliente'],
  account: ['Account', 'Konto', 'Compte', 'Cuenta'],
  corrects: ['Corrects invoice', 'Zu Rechnung', 'Sur facture', 'Rectifica la factura'],
  position: ['No.', 'Pos.', 'N°', 'N.º'],
  description: ['Description', 'Beschreibung', 'Désignation', 'Concepto'],
  net: ['Net', 'Netto', 'HT', 'Neto'],
  tax: ['Tax', 'Steuer', 'Taxe', 'Impuesto'],
  gross: ['Total', 'Gesamt', 'TTC', 'Total'],
  subtotal: ['Total without tax', 'Summe netto', 'Total HT', 'Total sin impuestos'],
  total_tax: ['Tax', 'Steuer', 'Total des taxes', 'Impuestos'],
  paid_ahead: ['Paid ahead', 'Vorausbezahlt', 'Déjà payé', 'Pagado por adelantado'],
  total: ['Total to pay', 'Zu zahlen', 'Total à payer', 'Total a pagar'],
  total_credit: ['Total credit', 'Gutschriftsbetrag', 'Total de l’avoir', 'Total abonado'],
  tax_summary: ['Tax summary', 'Steuerübersicht', 'Récapitulatif des taxes', 'Resumen de impuestos'],
  rate: ['Rate', 'Satz', 'Taux', 'Tipo'],
  base: ['Net amount', 'Nettobetrag', 'Base HT', 'Base imponible'],
  included: ['included in the price', 'im Preis enthalten', 'inclus dans le prix', 'incluido en el precio'],
  untaxed: ['Without tax', 'Ohne Steuer', 'Sans taxe', 'Sin impuestos'],
  exempt: ['Exempt from tax', 'Steuerbefreit', 'Exonéré de taxe', 'Exento de impuestos'],
  certificate: ['Certificate', 'Bescheinigung', 'Attestation', 'Certificado'],
  payment: ['Payment', 'Zahlung', 'Paiement', 'Pago'],
  pay_by: [
    'Please pay {amount} by {date}.',
    'Bitte zahlen Sie {amount} bis {date}.',
    'Merci de régler {amount} avant le {date}.',
    'Pague {amount} antes del {date}.',
  ],
  nothing_to_pay: [
    'Nothing is to be paid.',
    'Es ist nichts zu zahlen.',
    'Rien n’est à payer.',
    'No hay nada que pagar.',
  ],
  credited: [
    'This amount is credited to your account.',
    'Dieser Betrag wird Ihrem Konto gutgeschrieben.',
    'Ce montant est porté au crédit de votre compte.',
    'Este importe se abona en su cuenta.',
  ],
  scan: [
    'Scan with your banking app',
    'Mit der Banking-App scannen',
    'À scanner avec votre banque',
    'Escanee con su banca móvil',
  ],
  payee: ['Payee', 'Empfänger', 'Bénéficiaire', 'Beneficiario'],
  bank: ['Bank', 'Bank', 'Banque', 'Banco'],
  bank_account: ['Account', 'Konto', 'Compte', 'Cuenta'],
  reference: ['Reference', 'Referenz', 'Référence', 'Referencia'],
  amount: ['Amount', 'Betrag', 'Montant', 'Importe'],
  notes: ['Notes', 'Bemerkungen', 'Remarques', 'Notas'],
  page: ['Page {page} of {pages}', 'Seite {page} von {pages}', 'Page {page} sur {pages}', 'Página {page} de {pages}'],
  tax_id: ['VAT no.', 'USt-IdNr.', 'N° TVA', 'NIF-IVA'],
  registration: ['Reg. no.', 'Register-Nr.', 'N° RCS', 'Registro'],
  share: [
    '{monthly} a month, {used} of {of} {unit}',
    '{monthly} im Monat, {used} von {of} {unit}',
    '{monthly} par mois, {used} sur {of} {unit}',
    '{monthly} al mes, {used} de {of} {unit}',
  ],
  months: [
    '{months} months at {monthly}',
    '{months} Monate zu {monthly}',
    '{months} mois à {monthly}',
    '{months} meses a {monthly}',
  ],
  share_of_months: [
    '{months} months at {monthly}, {used} of {of} {unit}',
    '{months} Monate zu {monthly}, {used} von {of} {unit}',
    '{months} mois à {monthly}, {used} sur {of} {unit}',
    '{months} meses a {monthly}, {used} de {of} {unit}',
  ],
  days: ['days', 'Tagen', 'jours', 'días'],
  seconds: ['seconds', 'Sekunden', 'secondes', 'segundos'],
  percent_off: ['{percent} % off {base}', '{percent} % von {base}', '{percent} % de {base}', '{percent} % de {base}'],
  overage: [
    '{gb} GB used, {included} GB included, {price} per GB above',
    '{gb} GB genutzt, {included} GB enthalten, {price} je weiterem GB',
    '{gb} Go utilisés, {included} Go inclus, {price} par Go au-delà',
    '{gb} GB usados, {included} GB incluidos, {price} por GB adicional',
  ],
  by_hand: ['{quantity} × {unit}', '{quantity} × {unit}', '{quantity} × {unit}', '{quantity} × {unit}'],
  by_hand_share: [
    '{quantity} × {unit}, share {factor}',
    '{quantity} × {unit}, Anteil {factor}',
    '{quantity} × {unit}, part {factor}',
    '{quantity} × {unit}, parte {factor}',
  ],
  correction: [
    'Should be {should}, invoiced before {invoiced}',
    'Sollbetrag {should}, bisher berechnet {invoiced}',
    'Montant dû {should}, déjà facturé {invoiced}',
    'Debe ser {should}, facturado antes {invoiced}',
  ],
  credited_before: [
    'credited before: {credited}; should be {should}',
    'bereits gutgeschrieben: {credited}; zu berechnen {should}',
    'déjà crédité : {credited} ; devrait être {should}',
    'ya abonado: {credited}; debería ser {should}',
  ],
  credit_of: ['of {line} invoiced', 'von {line} berechnet', 'sur {line} facturés', 'de {line} facturados'],
  opening: ['Opening balance', 'Anfangssaldo', 'Solde initial', 'Saldo inicial'],
  closing: ['Closing balance', 'Endsaldo', 'Solde final', 'Saldo final'],
  entry: ['Entry', 'Vorgang', 'Opération', 'Movimiento'],
  debit: ['Charged', 'Belastet', 'Débit', 'Cargo'],
  credit: ['Paid or credited', 'Bezahlt oder gutgeschrieben', 'Crédit', 'Abono'],
  balance: ['Balance', 'Saldo', 'Solde', 'Saldo'],
  invoice_voided: ['Invoice voided', 'Rechnung storniert', 'Facture annulée', 'Factura anulada'],
  credit_note_voided: ['Credit note voided', 'Gutschrift storniert', 'Avoir annulé', 'Rectificativa anulada'],
  written_off: ['Written off', 'Ausgebucht', 'Passé en perte', 'Cancelado por incobrable'],
  write_off_reversed: [
    'Write-off taken back',
    'Ausbuchung zurückgenommen',
    'Passage en perte annulé',
    'Cancelación anulada',
  ],
  payment_received: ['Payment received', 'Zahlung eingegangen', 'Paiement reçu', 'Pago recibido'],
  payment_reversed: ['Payment taken back', 'Zahlung zurückgebucht', 'Paiement rejeté', 'Pago devuelto'],
  other_entry: ['Booking', 'Buchung', 'Écriture', 'Asiento'],
} as const satisfies Phrases;

export type Word = keyof typeof WORDS;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { decimal: '.', group: ',', date: 'D M Y', months: MONTHS, column: 0 },
  de: { decimal: ',', group: '.', date: 'D.M.Y', column: 1 },
  fr: { decimal: ',', group: '\u00a0', date: 'D/M/Y', column: 2 },
  es: { decimal: ',', group: '.', date: 'D/M/Y', column: 3 },
};

/** The languages that documents are written in. */
export const DOCUMENT_LANGUAGES: readonly string[] = Object.keys(LANGUAGES);

/** @param tag as `en` or `de-AT` */
export const isDocumentLanguage = (tag: string): boolean => DOCUMENT_LANGUAGES.includes(tag.split('-')[0] ?? '');

/** The language that a tag (BCP 47: `de`, `de-AT`) asks for, else English. */
export function documentLanguage(tag: string): string {
  const [primary = ''] = tag.toLowerCase().split('-');
  return DOCUMENT_LANGUAGES.includes(primary) ? primary : 'en';
}

/** Writes words, dates and amounts in a language: the words of documents, and those of whom it writes for. */
export class Writer<Own extends string = never> {
  private readonly language: Language;
  private readonly words: Phrases;

  constructor(
    readonly code: string,
    own?: Phrases<Own>,
  ) {
    this.language = LANGUAGES[documentLanguage(code)] as Language;
    this.words = { ...WORDS, ...own };
  }

  /** A word or a sentence, with what stands in its braces filled in. */
  say(word: Word | Own, values: Readonly<Record<string, string | number>> = {}): string {
    const said = this.words[word] as Said;
    return said[this.language.column].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** @param day `YYYY-MM-DD` */
  date(day: string): string {
    const [year = '', month = '', date = ''] = day.split('-');
    const { date: pattern, months } = this.language;
    const parts: Readonly<Record<string, string>> = {
      D: months ? String(Number(date)) : date,
      M: months?.[Number(month) - 1] ?? month,
      Y: year,
    };
    return pattern.replace(/[DMY]/g, (letter) => parts[letter] ?? letter);
  }

  /** Exact decimal text with the marks of the language; the digits stay what they are. */
  number(text: string): string {
    const negative = text.startsWith('-');
    const [whole = '0', decimals] = (negative ? text.slice(1) : text).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, this.language.group);
    return `${negative ? '−' : ''}${grouped}${decimals === undefined ? '' : this.language.decimal + decimals}`;
  }
}
