import { defineErrors } from '@isp/kernel';

export const premisesErrors = defineErrors({
  'premises.area.not_found': { kind: 'not_found', message: 'There is no such area.' },
  'premises.area.key_taken': { kind: 'conflict', message: 'Another area has the external key {key}.' },
  'premises.area.version_mismatch': {
    kind: 'precondition_failed',
    message: 'The area was changed by somebody else in the meantime.',
  },
  'premises.outline.invalid': { kind: 'validation', message: 'The outline of the area is not valid: {reason}.' },
  'premises.point.impossible': { kind: 'validation', message: 'There is no such place on earth.' },
  'premises.premise.not_found': { kind: 'not_found', message: 'There is no such premise.' },
  'premises.premise.key_taken': { kind: 'conflict', message: 'Another premise has the external key {key}.' },
  'premises.premise.version_mismatch': {
    kind: 'precondition_failed',
    message: 'The premise was changed by somebody else in the meantime.',
  },
  'premises.premise.occupied': { kind: 'conflict', message: 'The premise has an existing service or order.' },
  'premises.premise.not_covered': { kind: 'unprocessable', message: 'No area with a network covers the premise.' },
  'premises.premise.not_live': {
    kind: 'unprocessable',
    message: 'The network at the premise is not live yet: {connectivity}{expected}.',
  },
  'premises.import.not_found': { kind: 'not_found', message: 'There is no such import.' },
  'premises.import.not_open': { kind: 'conflict', message: 'The import has begun: its file cannot be changed.' },
  'premises.import.incomplete': {
    kind: 'unprocessable',
    message: 'The file is not whole: {parts} parts are there, the last has the number {last}.',
  },
  'premises.import.over': { kind: 'conflict', message: 'The import is over.' },
  'premises.import.overtaken': { kind: 'conflict', message: 'The import was cancelled, or somebody else runs it.' },
});
