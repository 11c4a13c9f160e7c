import { type Phrases, Writer } from '@isp/domain/billing';

/** What only letters say; the rest of their words are those of documents. */
const LETTER_WORDS = {
  subject_invoice: [
    'Invoice {number} from {issuer}',
    'Rechnung {number} von {issuer}',
    'Facture {number} de {issuer}',
    'Factura {number} de {issuer}',
  ],
  subject_credit_note: [
    'Credit note {number} from {issuer}',
    'Gutschrift {number} von {issuer}',
    'Avoir {number} de {issuer}',
    'Factura rectificativa {number} de {issuer}',
  ],
  greeting: ['Hello {name},', 'Guten Tag {name},', 'Bonjour {name},', 'Hola, {name}:'],
  attached_invoice: [
    'Your invoice {number} is attached to this e-mail.',
    'Ihre Rechnung {number} finden Sie im Anhang dieser E-Mail.',
    'Votre facture {number} est jointe à cet e-mail.',
    'Adjuntamos a este correo su factura {number}.',
  ],
  attached_credit_note: [
    'Your credit note {number} is attached to this e-mail.',
    'Ihre Gutschrift {number} finden Sie im Anhang dieser E-Mail.',
    'Votre avoir {number} est joint à cet e-mail.',
    'Adjuntamos a este correo su factura rectificativa {number}.',
  ],
  subject_reminder: [
    'Payment reminder from {issuer}',
    'Zahlungserinnerung von {issuer}',
    'Rappel de paiement de {issuer}',
    'Recordatorio de pago de {issuer}',
  ],
  overdue: [
    '{amount} has been overdue since {date}. Please pay it as soon as you can.',
    '{amount} sind seit dem {date} überfällig. Bitte zahlen Sie so bald wie möglich.',
    'Le montant de {amount} est en retard depuis le {date}. Merci de le régler dès que possible.',
    '{amount} están vencidos desde el {date}. Páguelos lo antes posible.',
  ],
  oldest_attached: [
    'The oldest invoice, {number}, is attached. If you have paid in the meantime, please disregard this e-mail.',
    'Die älteste Rechnung, {number}, finden Sie im Anhang. Haben Sie inzwischen gezahlt, ist diese E-Mail gegenstandslos.',
    'La facture la plus ancienne, {number}, est jointe. Si vous avez payé entre-temps, ne tenez pas compte de cet e-mail.',
    'Adjuntamos la factura más antigua, {number}. Si ya ha pagado, no tenga en cuenta este correo.',
  ],
  overdue_amount: ['Overdue', 'Überfällig', 'En retard', 'Vencido'],
  charged: [
    'You have nothing to do: {amount} will be charged to your payment method on {date}.',
    'Sie müssen nichts tun: {amount} werden am {date} über Ihre Zahlungsart eingezogen.',
    'Vous n’avez rien à faire : {amount} seront prélevés sur votre moyen de paiement le {date}.',
    'No tiene que hacer nada: {amount} se cobrarán con su método de pago el {date}.',
  ],
  full_amount: ['Total', 'Gesamtbetrag', 'Total', 'Total'],
  amount_due: ['Amount due', 'Zu zahlen', 'Montant dû', 'Importe pendiente'],
} as const satisfies Phrases;

export type LetterWriter = Writer<keyof typeof LETTER_WORDS>;

/** @param language of a document; English where it is not written in it */
export const letterWriter = (language: string): LetterWriter => new Writer(language, LETTER_WORDS);
