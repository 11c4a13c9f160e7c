import { defineErrors } from '@isp/kernel';

export const notificationErrors = defineErrors({
  'notifications.message.not_found': { kind: 'not_found', message: 'Message not found' },
  'notifications.message.illegal_move': { kind: 'conflict', message: 'A message that is {from} cannot become {to}.' },
  'notifications.message.on_its_way': {
    kind: 'conflict',
    message: 'The message is being handed to the mail server: it cannot be called back.',
  },
  'notifications.recipient.none': {
    kind: 'conflict',
    message: 'The customer has no e-mail address that can be written to.',
  },
});
