import { emailAddress, instant, intId } from '@isp/apis/shared';
import { MESSAGE_KINDS, MESSAGE_STATUSES, MESSAGE_SORTING } from '@isp/domain/notifications';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(MESSAGE_STATUSES);
const kind = z.enum(MESSAGE_KINDS);

export const sendBody = z
  .strictObject({ to: emailAddress.optional().describe('The customer’s own address when absent') })
  .default({});
export type SendBody = z.infer<typeof sendBody>;

export const messagesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    status: status.optional(),
    kind: kind.optional(),
    invoice_id: intId.optional(),
    created_from: instant.optional(),
    created_to: instant.optional(),
  },
  MESSAGE_SORTING,
);
export type MessagesQuery = z.infer<typeof messagesQuery>;

export const messageShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  kind,
  invoice_id: z.int(),
  recipient: z.string(),
  language: z.string(),
  subject: z.string().nullable().describe('Null until it is first handed to a mail server'),
  status,
  automatic: z.boolean().describe('Nobody asked for it: the account has its documents by e-mail'),
  attempts: z.int(),
  last_error: z.string().nullable(),
  message_id: z.string().nullable().describe('Message-ID of the e-mail (RFC 5322), the same with every try'),
  provider_reference: z.string().nullable().describe('What the mail server said when it took it'),
  next_attempt_at: z.string().nullable(),
  last_attempt_at: z.string().nullable(),
  sent_at: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const messagesShape = listShape('messages', messageShape);
export const messageWithTextShape = messageShape.extend({ text: z.string().nullable() });

export const messageExample = {
  id: 41,
  customer_id: 123,
  kind: 'invoice' as const,
  invoice_id: 789,
  recipient: 'john@example.com',
  language: 'en',
  subject: 'Invoice INV-2025-000789 from Example ISP',
  status: 'sent' as const,
  automatic: false,
  attempts: 1,
  last_error: null,
  message_id: '<41.0d8e2c0e-9a0b-4f0a-8a45-3f5f0a3b1c2d@isp.example>',
  provider_reference: '250 2.0.0 Ok: queued as 4D1A2B3C',
  next_attempt_at: null,
  last_attempt_at: '2025-02-01T09:00:02Z',
  sent_at: '2025-02-01T09:00:03Z',
  created_at: '2025-02-01T09:00:01Z',
  updated_at: '2025-02-01T09:00:03Z',
};
export const queuedExample = {
  ...messageExample,
  subject: null,
  status: 'queued' as const,
  attempts: 0,
  message_id: null,
  provider_reference: null,
  next_attempt_at: '2025-02-01T09:00:01Z',
  last_attempt_at: null,
  sent_at: null,
  updated_at: '2025-02-01T09:00:01Z',
};
export const messageWithTextExample = {
  ...messageExample,
  text: 'Hello John Doe,\n\nYour invoice INV-2025-000789 is attached to this e-mail.\n…',
};
