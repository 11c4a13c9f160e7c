import type { Actor } from '@isp/contracts';
import { defineErrors } from '@isp/kernel';

export const outageErrors = defineErrors({
  'outages.operator_only': {
    kind: 'forbidden',
    message: 'The network belongs to everybody: this is for the operator.',
  },
  'outages.outage.not_found': { kind: 'not_found', message: 'Outage not found' },
  'outages.outage.exists': { kind: 'conflict', message: 'There is an outage of it already.' },
  'outages.outage.illegal_move': { kind: 'conflict', message: 'An outage that is {from} cannot become {to}.' },
  'outages.outage.backwards': { kind: 'unprocessable', message: 'The outage ends before it starts.' },
  'outages.outage.ahead': { kind: 'unprocessable', message: 'An outage cannot lie in the future.' },
  'outages.outage.unchanged': { kind: 'unprocessable', message: 'The correction changes nothing.' },
  'outages.place.unknown': { kind: 'unprocessable', message: 'There is no such device or node.' },
  'outages.maintenance.not_found': { kind: 'not_found', message: 'Maintenance window not found' },
  'outages.maintenance.past': { kind: 'unprocessable', message: 'Maintenance is announced before it begins.' },
  'outages.maintenance.backwards': { kind: 'unprocessable', message: 'The window ends before it starts.' },
  'outages.maintenance.begun': {
    kind: 'conflict',
    message: 'A window that has begun can only end earlier than announced.',
  },
  'outages.maintenance.over': { kind: 'conflict', message: 'The window is {state}.' },
  'outages.maintenance.stale': { kind: 'precondition_failed', message: 'The window has changed since you read it.' },
  'outages.level.not_found': { kind: 'not_found', message: 'Service level not found' },
  'outages.level.not_measured': { kind: 'conflict', message: 'Nothing was measured of it yet.' },
  'outages.claim.not_found': { kind: 'not_found', message: 'Claim not found' },
  'outages.claim.stale': { kind: 'precondition_failed', message: 'The claim has changed since you read it.' },
  'outages.claim.illegal_move': { kind: 'conflict', message: 'A claim that is {from} cannot become {to}.' },
  'outages.claim.month_lasts': { kind: 'conflict', message: 'The month is not over yet.' },
  'outages.claim.nothing': { kind: 'conflict', message: 'The supplier owes nothing for that month.' },
  'outages.claim.too_much': { kind: 'unprocessable', message: 'A supplier does not pay more than was claimed.' },
  'outages.terms.exists': { kind: 'conflict', message: 'There are terms of this plan from that day on.' },
  'outages.terms.past': { kind: 'unprocessable', message: 'Terms hold from today on or later.' },
  'outages.terms.unknown_plan': { kind: 'unprocessable', message: 'There is no such plan.' },
});

/** Whatever is said of the network reaches services of every partner. @throws `outages.operator_only` */
export function assertOperator(actor: Actor): void {
  if (actor.reach !== 'all') throw outageErrors('outages.operator_only');
}
