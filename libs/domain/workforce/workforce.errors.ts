import type { Actor } from '@isp/contracts';
import { defineErrors } from '@isp/kernel';

export const workforceErrors = defineErrors({
  'workforce.operator_only': { kind: 'forbidden', message: 'The people in the field are those of the operator.' },
  'workforce.technician.not_found': { kind: 'not_found', message: 'Technician not found' },
  'workforce.technician.stale': {
    kind: 'precondition_failed',
    message: 'The technician has changed since you read them.',
  },
  'workforce.technician.user_taken': { kind: 'conflict', message: 'Another technician has this log-in.' },
  'workforce.technician.unknown_user': { kind: 'unprocessable', message: 'There is no such user of the operator.' },
  'workforce.technician.unknown_area': { kind: 'unprocessable', message: 'There is no such area.' },
  'workforce.absence.not_found': { kind: 'not_found', message: 'Absence not found' },
  'workforce.absence.backwards': { kind: 'unprocessable', message: 'The absence ends before it starts.' },
  'workforce.absence.overlaps': { kind: 'conflict', message: 'The technician is away at that time already.' },
});

/** Where the operator's people live and when they are away is nobody else's business. @throws `workforce.operator_only` */
export function assertOperator(actor: Actor): void {
  if (actor.reach !== 'all') throw workforceErrors('workforce.operator_only');
}
