import { defineErrors } from '@isp/kernel';

export const cryptoErrors = defineErrors({
  'crypto.keyring.invalid': { kind: 'internal', message: 'The encryption keyring is not usable: {problem}.' },
  'crypto.secret.unreadable': { kind: 'internal', message: 'A stored secret cannot be read.' },
  'crypto.password.busy': { kind: 'unavailable', message: 'Too many sign-ins at once. Try again shortly.' },
});
