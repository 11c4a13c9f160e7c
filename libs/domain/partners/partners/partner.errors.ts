import { defineErrors } from '@isp/kernel';

export const partnerErrors = defineErrors({
  'partners.partner.not_found': { kind: 'not_found', message: 'Partner not found' },
  'partners.partner.stale': { kind: 'precondition_failed', message: 'The partner has changed since you read it.' },
  'partners.partner.illegal_move': { kind: 'conflict', message: 'A partner that is {from} cannot become {to}.' },
  'partners.partner.operator': { kind: 'conflict', message: 'The operator itself cannot be suspended.' },
});
