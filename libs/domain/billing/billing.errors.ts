import { defineErrors } from '@isp/kernel';

export const billingErrors = defineErrors({
  'billing.account.not_found': { kind: 'not_found', message: 'Billing account not found' },
  'billing.account.stale': { kind: 'precondition_failed', message: 'The account has changed since you read it.' },
  'billing.account.unknown': { kind: 'unprocessable', message: 'There is no such billing account.' },
  'billing.account.none': { kind: 'unprocessable', message: 'The customer has no such billing account.' },
  'billing.account.parked': {
    kind: 'conflict',
    message: 'The account is parked ({reason}): a person must look at it first.',
  },
  'billing.account.not_parked': { kind: 'conflict', message: 'The account is not parked.' },
  'billing.account.other_currency': { kind: 'unprocessable', message: 'The account is in {currency}.' },
  'billing.account.paid_by_other': { kind: 'conflict', message: 'Another account pays for this one.' },
  'billing.payer.unfit': {
    kind: 'unprocessable',
    message: 'An account that others pay for, or of another currency or partner, cannot pay for others.',
  },
  'billing.service.unknown': { kind: 'unprocessable', message: 'There is no such service of this customer.' },
  'billing.plan.unknown': { kind: 'not_found', message: 'Plan not found' },
  'billing.discount.ambiguous': {
    kind: 'unprocessable',
    message: 'A discount is either a percentage or an amount a month.',
  },
  'billing.tax_rate.not_found': { kind: 'not_found', message: 'Tax rate not found' },
  'billing.tax_rate.overlaps': {
    kind: 'conflict',
    message: 'There is a rate of this code for the region and type of service already.',
  },
  'billing.period.backwards': { kind: 'unprocessable', message: 'The period ends before it starts.' },
  'billing.period.not_of_account': {
    kind: 'unprocessable',
    message: 'The account has no such period; without line items it is billed by whole periods of its cycle.',
  },
  'billing.period.already_invoiced': { kind: 'conflict', message: 'These days of the service are invoiced already.' },
  'billing.period.missing': { kind: 'unprocessable', message: 'A recurring invoice with line items needs its period.' },
  'billing.invoice.nothing_due': { kind: 'conflict', message: 'Everything that is due by {date} is invoiced.' },
  'billing.invoice.not_found': { kind: 'not_found', message: 'Invoice not found' },
  'billing.invoice.illegal_move': { kind: 'conflict', message: 'An invoice that is {from} cannot become {to}.' },
  'billing.invoice.settled': {
    kind: 'conflict',
    message: 'Money was allocated to the invoice or credited of it: correct it by a credit note.',
  },
  'billing.invoice.not_issued': { kind: 'conflict', message: 'The invoice is {status}.' },
  'billing.statement.too_long': {
    kind: 'unprocessable',
    message: 'A statement on paper has {most} entries at most: ask for fewer days.',
  },
  'billing.issuer.missing': {
    kind: 'conflict',
    message: 'Who issues invoices is not known yet: PATCH /v1/billing/issuer says it.',
  },
  'billing.issuer.incomplete': { kind: 'unprocessable', message: 'Documents need the issuer’s {missing}.' },
  'billing.invoice.too_large': { kind: 'unprocessable', message: 'The total is too large.' },
  'billing.invoice.not_positive': { kind: 'unprocessable', message: 'The total of an invoice is not negative.' },
  'billing.credit.too_much': { kind: 'conflict', message: 'Not more than {left} is left to credit of line {line}.' },
  'billing.credit.unknown_line': { kind: 'unprocessable', message: 'The invoice has no line {line}.' },
  'billing.credit.nothing_left': { kind: 'conflict', message: 'The invoice is credited in full.' },
  'billing.credit.unfit_line': { kind: 'unprocessable', message: 'Line {line} does not charge anything.' },
  'billing.payment.not_found': { kind: 'not_found', message: 'Payment not found' },
  'billing.payment.duplicate': {
    kind: 'conflict',
    message: 'A payment by this method with this reference is recorded already.',
  },
  'billing.payment.reversed': { kind: 'conflict', message: 'The payment is reversed already.' },
  'billing.payment.unfit': { kind: 'unprocessable', message: 'The amount {problem}.' },
  'billing.payment.unknown_invoice': { kind: 'unprocessable', message: 'The account has no such issued invoice.' },
});
