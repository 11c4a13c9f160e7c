import { defineErrors } from '@isp/kernel';

export const settlementErrors = defineErrors({
  'settlement.settlement.not_found': { kind: 'not_found', message: 'Settlement not found' },
  'settlement.settlement.issued_already': { kind: 'conflict', message: 'The settlement of {month} is issued.' },
  'settlement.month.not_over': { kind: 'unprocessable', message: 'The month {month} is not over.' },
  'settlement.month.changed': { kind: 'conflict', message: 'Something of {month} changed meanwhile; try again.' },
  'settlement.terms.month_settled': { kind: 'conflict', message: 'The settlement of {month} is issued.' },
  'settlement.partner.operator': { kind: 'unprocessable', message: 'The operator does not settle with itself.' },
});
