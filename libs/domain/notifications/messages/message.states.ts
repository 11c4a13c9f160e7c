import { defineStates } from '@isp/kernel';

export const MESSAGE_STATUSES = ['queued', 'sent', 'failed', 'cancelled'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What a mail server has taken cannot be called back; what failed can be tried again by a person. */
export const messageStates = defineStates<MessageStatus>({
  initial: 'queued',
  transitions: {
    queued: ['sent', 'failed', 'cancelled'],
    failed: ['queued'],
    sent: [],
    cancelled: [],
  },
});
