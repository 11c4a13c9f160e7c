import { defineErrors } from '@isp/kernel';

export const customerErrors = defineErrors({
  'customers.customer.not_found': { kind: 'not_found', message: 'Customer not found' },
  'customers.email.taken': { kind: 'conflict', message: 'A customer with this e-mail address exists already.' },
  'customers.partner.unknown': { kind: 'unprocessable', message: 'There is no such partner.' },
  'customers.customer.stale': { kind: 'precondition_failed', message: 'The customer has changed since you read it.' },
  'customers.customer.illegal_move': { kind: 'conflict', message: 'A customer that is {from} cannot become {to}.' },
  'customers.customer.not_active': { kind: 'conflict', message: 'The customer is {status}.' },
});
