import { defineErrors } from '@isp/kernel';

export const workErrors = defineErrors({
  'platform.work.fenced': { kind: 'conflict', message: 'Another worker has taken over this work.' },
});
