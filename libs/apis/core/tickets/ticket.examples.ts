const listed = {
  id: 123,
  guid: '6f1c1a52-6f0e-4f0e-9d5e-0d6f3f5e7a10',
  number: 'TKT-2025-001',
  partner_id: 1,
  customer_id: 456,
  subject: 'No connection since this morning',
  description: 'The light of the ONT is red.',
  category: 'no_connection',
  parent_category: 'service_outage',
  priority: 'high',
  status: 'open',
  source: 'phone',
  location: 'Randfontein',
  team: { id: 2, name: 'Network operations' },
  assigned_user: null,
  resolution: null,
  merged_into_id: null,
  escalation: null,
  response_due_at: '2025-01-29T11:30:00Z',
  due_at: '2025-01-29T18:30:00Z',
  breached: false,
  opened_at: '2025-01-29T10:30:00Z',
  first_response_at: null,
  resolved_at: null,
  closed_at: null,
  reopened: 0,
  created_by: 'Sam Support',
  version: 1,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
const clock = { warned_at: null, breached_at: null, ended_at: null, ended_as: null, spent_minutes: null };

export const listedTicketExample = listed;
export const ticketExample = {
  ...listed,
  sla: {
    policy_id: 1,
    policy_version: 1,
    calendar_id: 1,
    calendar_version: 1,
    first_response: {
      target_minutes: 60,
      warn_at: '2025-01-29T11:18:00Z',
      due_at: '2025-01-29T11:30:00Z',
      ...clock,
    },
    resolution: { target_minutes: 480, warn_at: '2025-01-29T16:54:00Z', due_at: '2025-01-29T18:30:00Z', ...clock },
  },
  links: [{ type: 'service', id: 789 }],
};
export const commentExample = {
  id: '17',
  internal: false,
  text: 'A technician is on the way.',
  author: 'Sam Support',
  at: '2025-01-29T10:45:00Z',
};
export const stepExample = {
  id: '41',
  action: 'pend',
  from: 'in_progress',
  to: 'pending_customer',
  changes: { status: ['in_progress', 'pending_customer'] },
  reason: 'Nobody answers the door',
  actor: 'user:3',
  at: '2025-01-29T12:00:00Z',
};
export const attachmentExample = {
  id: 9,
  internal: false,
  file_name: 'ont.jpg',
  content_type: 'image/jpeg',
  size_bytes: 48_213,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  author: 'Sam Support',
  at: '2025-01-29T10:50:00Z',
};
