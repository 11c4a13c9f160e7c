import { defineErrors } from '@isp/kernel';

export const usageErrors = defineErrors({
  'usage.period.backwards': { kind: 'unprocessable', message: 'The period must not end before it starts.' },
  'usage.period.too_long': { kind: 'unprocessable', message: 'The period must have at most {days} days.' },
  'usage.throttling.none': { kind: 'conflict', message: 'The service is not held back by a limit.' },
});
