import { bodyId, identifier, instant, intId, line, prose, searchText, yesOrNo } from '@isp/apis/shared';
import {
  ATTACHMENT_TYPES,
  LINK_TYPES,
  TICKET_PRIORITIES,
  TICKET_SOURCES,
  TICKET_STATUSES,
  type TicketStatus,
  TICKET_SORTING,
} from '@isp/domain/tickets';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const status = z.enum(TICKET_STATUSES);
const priority = z.enum(TICKET_PRIORITIES);
const code = z.string().regex(/^[a-z][a-z0-9_]{1,59}$/, 'must be the code of a category');
const text = prose(10_000).refine((said) => said.trim() !== '', 'must not be empty');
const description = prose(20_000);
const link = z.strictObject({ type: z.enum(LINK_TYPES), id: bodyId });

export const createTicketBody = z.strictObject({
  customer_id: bodyId.optional(),
  subject: line(200),
  description: description.optional(),
  category: code,
  priority: priority.optional(),
  source: z.enum(TICKET_SOURCES).exclude(['system']).optional(),
  location: line(200).optional(),
  team_id: bodyId.optional(),
  service_ids: z.array(bodyId).max(100).optional(),
  links: z.array(link).max(100).optional(),
});
export type CreateTicketBody = z.infer<typeof createTicketBody>;

export const changeTicketBody = z
  .strictObject({
    subject: line(200).optional(),
    description: description.optional(),
    category: code.optional(),
    priority: priority.optional(),
    location: line(200).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type ChangeTicketBody = z.infer<typeof changeTicketBody>;

export const assignBody = z
  .strictObject({ user_id: bodyId.nullable().optional(), team_id: bodyId.nullable().optional() })
  .refine((body) => Object.keys(body).length > 0, 'must name somebody');
export type AssignBody = z.infer<typeof assignBody>;

/** Whom a ticket waits for. */
export const WAITS_FOR = {
  customer: 'pending_customer',
  third_party: 'pending_third_party',
} as const satisfies Record<string, TicketStatus>;
export const pendBody = z.strictObject({
  waiting_for: z.enum(['customer', 'third_party']),
  reason: line(500).optional(),
});
export type PendBody = z.infer<typeof pendBody>;
export const reasonBody = z.strictObject({ reason: line(500).optional() });
export type ReasonBody = z.infer<typeof reasonBody>;
export const resolveBody = z.strictObject({ resolution: text });
export type ResolveBody = z.infer<typeof resolveBody>;
export const closeBody = z.strictObject({ resolution: text.optional() });
export type CloseBody = z.infer<typeof closeBody>;
export const mergeBody = z.strictObject({ into_ticket_id: bodyId });
export type MergeBody = z.infer<typeof mergeBody>;
export const escalateBody = z.strictObject({ to: line(100), reason: line(500).optional() });
export type EscalateBody = z.infer<typeof escalateBody>;
export const commentBody = z.strictObject({ text, internal: z.boolean().optional() });
export type CommentBody = z.infer<typeof commentBody>;
export const linkBody = link;
export type LinkBody = z.infer<typeof linkBody>;

export const ticketsQuery = sortedQuery(
  {
    status: status.optional(),
    priority: priority.optional(),
    category: code.optional(),
    customer_id: intId.optional(),
    service_id: intId.optional(),
    outage_id: intId.optional(),
    assigned_user_id: intId.optional(),
    team_id: intId.optional(),
    partner_id: intId.optional(),
    search: searchText(100),
    opened_from: instant.optional(),
    opened_to: instant.optional(),
    due_from: instant.optional(),
    due_to: instant.optional(),
    breached: yesOrNo.optional(),
  },
  TICKET_SORTING,
);
export type TicketsQuery = z.infer<typeof ticketsQuery>;
export const partsQuery = listQuery({});
export type PartsQuery = z.infer<typeof partsQuery>;
export const attachQuery = z.strictObject({
  file_name: identifier(200).refine((name) => !/["\\/]/.test(name), 'must be a name without a path'),
  content_type: z.enum(ATTACHMENT_TYPES),
  internal: yesOrNo.optional(),
});
export type AttachQuery = z.infer<typeof attachQuery>;
export const linkType = z.enum(LINK_TYPES);
export type LinkTypeParam = z.infer<typeof linkType>;

const maybe = z.string().nullable();
const maybeId = z.int().nullable();
const linkShape = z.object({ type: z.enum(LINK_TYPES), id: z.int() });
const listed = {
  id: z.int(),
  guid: z.string(),
  number: z.string(),
  partner_id: z.int(),
  customer_id: maybeId,
  subject: z.string(),
  description: z.string(),
  category: z.string(),
  parent_category: maybe,
  priority,
  status,
  source: z.enum(TICKET_SOURCES),
  location: z.string(),
  team: z.object({ id: z.int(), name: z.string() }).nullable(),
  assigned_user: z.object({ id: z.int(), name: z.string() }).nullable(),
  resolution: maybe,
  merged_into_id: maybeId,
  escalation: z.object({ level: z.int(), to: z.string(), at: z.string() }).nullable(),
  response_due_at: maybe,
  due_at: maybe,
  breached: z.boolean(),
  opened_at: z.string(),
  first_response_at: maybe,
  resolved_at: maybe,
  closed_at: maybe,
  reopened: z.int(),
  created_by: z.string(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
};
const clockShape = z.object({
  target_minutes: z.number(),
  warn_at: maybe,
  due_at: maybe,
  warned_at: maybe,
  breached_at: maybe,
  ended_at: maybe,
  ended_as: z.enum(['met', 'late', 'void']).nullable(),
  spent_minutes: z.number().nullable(),
});
export const listedTicketShape = z.object(listed);
export const ticketsShape = listShape('tickets', listedTicketShape);
export const ticketShape = z.object({
  ...listed,
  sla: z.object({
    policy_id: z.int(),
    policy_version: z.int(),
    calendar_id: z.int(),
    calendar_version: z.int(),
    first_response: clockShape,
    resolution: clockShape,
  }),
  links: z.array(linkShape),
});
export const commentShape = z.object({
  id: z.string(),
  internal: z.boolean(),
  text: z.string(),
  author: z.string(),
  at: z.string(),
});
export const commentsShape = listShape('comments', commentShape);
export const stepShape = z.object({
  id: z.string(),
  action: z.string(),
  from: status.nullable(),
  to: status,
  changes: z.record(z.string(), z.unknown()),
  reason: maybe,
  actor: z.string(),
  at: z.string(),
});
export const historyShape = listShape('history', stepShape);
export const attachmentShape = z.object({
  id: z.int(),
  internal: z.boolean(),
  file_name: z.string(),
  content_type: z.enum(ATTACHMENT_TYPES),
  size_bytes: z.int(),
  sha256: z.string(),
  author: z.string(),
  at: z.string(),
});
export const attachmentsShape = z.object({ attachments: z.array(attachmentShape) });
