import { defineErrors } from '@isp/kernel';

export const accessErrors = defineErrors({
  // One answer for every reason: an attacker learns nothing from the difference.
  'access.unauthenticated': { kind: 'unauthenticated', message: 'Missing or invalid authentication' },
  'access.login.refused': { kind: 'unauthenticated', message: 'The login or the password is wrong.' },
  'access.login.busy': { kind: 'unavailable', message: 'Too many sign-ins at once. Try again shortly.' },
  'access.grant.exceeds_own': { kind: 'forbidden', message: 'Nobody can grant more than they may do themselves.' },
  'access.user.self_change': { kind: 'forbidden', message: 'Nobody can change their own roles or disable themselves.' },
  'access.credential.no_user': { kind: 'forbidden', message: 'This needs a signed-in user, not an API key.' },
  'access.user.not_found': { kind: 'not_found', message: 'No such user.' },
  'access.user.username_taken': { kind: 'conflict', message: 'This user name is taken.' },
  'access.user.email_taken': { kind: 'conflict', message: 'Another user has this e-mail address.' },
  'access.user.version_mismatch': { kind: 'precondition_failed', message: 'The user was changed in the meantime.' },
  'access.user.is_customer': { kind: 'unprocessable', message: "A customer's log-in is changed through the customer." },
  'access.role.unknown': { kind: 'unprocessable', message: 'There is no role named {role}.' },
  'access.role.not_assignable': { kind: 'unprocessable', message: 'The role {role} cannot be given to this user.' },
  'access.partner.not_found': { kind: 'not_found', message: 'No such partner.' },
  'access.password.unfit': { kind: 'validation', message: 'The password does not meet the rules.' },
  'access.password.wrong_current': { kind: 'unprocessable', message: 'The current password is wrong.' },
  'access.api_key.not_found': { kind: 'not_found', message: 'No such API key.' },
  'access.api_key.revoked': { kind: 'conflict', message: 'The API key is revoked or has expired.' },
  'access.api_key.already_rotated': {
    kind: 'conflict',
    message: 'The API key was rotated before; rotate its successor.',
  },
  'access.api_key.expiry_in_past': { kind: 'unprocessable', message: 'The API key would have expired already.' },
  'access.scope.not_granted': { kind: 'unprocessable', message: 'The API client does not have the scope {scope}.' },
});
