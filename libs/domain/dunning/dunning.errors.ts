import { defineErrors } from '@isp/kernel';

export const dunningErrors = defineErrors({
  'dunning.policy.not_found': { kind: 'not_found', message: 'Dunning policy not found' },
  'dunning.policy.stale': { kind: 'precondition_failed', message: 'The policy has changed since you read it.' },
  'dunning.policy.retired': { kind: 'conflict', message: 'The policy is retired.' },
  'dunning.policy.segment_taken': {
    kind: 'conflict',
    message: 'There is a policy for this segment and currency already.',
  },
  'dunning.policy.unknown_segment': { kind: 'unprocessable', message: 'There is no such {what}.' },
  'dunning.policy.unfit': { kind: 'unprocessable', message: '{problem}' },
  'dunning.holiday.not_found': { kind: 'not_found', message: 'Holiday not found' },
  'dunning.holiday.there_already': { kind: 'conflict', message: 'The calendar has this holiday already.' },
  'dunning.case.not_found': { kind: 'not_found', message: 'Dunning case not found' },
  'dunning.case.closed': { kind: 'conflict', message: 'The case is closed.' },
  'dunning.promise.not_found': { kind: 'not_found', message: 'Promise not found' },
  'dunning.promise.open_already': { kind: 'conflict', message: 'There is an open promise in this case.' },
  'dunning.promise.over': { kind: 'conflict', message: 'The promise is {status}.' },
  'dunning.promise.unfit': { kind: 'unprocessable', message: '{problem}' },
  'dunning.dispute.not_found': { kind: 'not_found', message: 'Dispute not found' },
  'dunning.dispute.open_already': { kind: 'conflict', message: 'The invoice is disputed already.' },
  'dunning.dispute.nothing_open': { kind: 'conflict', message: 'Nothing is open on the invoice.' },
  'dunning.dispute.closed': { kind: 'conflict', message: 'The dispute is closed.' },
});
