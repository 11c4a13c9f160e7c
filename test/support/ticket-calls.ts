import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';
import { lastOther } from './ticket-fixtures.js';

const minutes = { first_response_minutes: 10, resolution_minutes: 100 };
const policy = () => ({
  name: `Called ${unique()}`,
  calendar_id: 1,
  targets: { critical: minutes, high: minutes, medium: minutes, low: minutes },
});
const calendar = () => ({
  name: `Called ${unique()}`,
  time_zone: 'Africa/Johannesburg',
  hours: [{ weekday: 1, from: '08:00', until: '17:00' }],
});

/** How to call the operations of tickets and of what is promised about them. */
export const TICKET_CALLS: Readonly<Record<string, Call>> = {
  'POST /v1/tickets': { body: () => ({ subject: 'Called', category: 'other' }) },
  'GET /v1/tickets': {},
  'GET /v1/tickets/:ticket_id': { thing: 'ticket' },
  'PATCH /v1/tickets/:ticket_id': { thing: 'ticket', body: () => ({ subject: `Called ${unique()}` }) },
  'POST /v1/tickets/:ticket_id/comments': { thing: 'ticket', body: () => ({ text: 'Called' }) },
  'GET /v1/tickets/:ticket_id/comments': { thing: 'ticket' },
  'GET /v1/tickets/:ticket_id/history': { thing: 'ticket' },
  'POST /v1/tickets/:ticket_id/assign': { thing: 'ticket', body: () => ({ team_id: 1 }) },
  'POST /v1/tickets/:ticket_id/start': { thing: 'ticket' },
  'POST /v1/tickets/:ticket_id/pend': { thing: 'ticket', body: () => ({ waiting_for: 'third_party' }) },
  'POST /v1/tickets/:ticket_id/resume': { thing: 'pending_ticket' },
  'POST /v1/tickets/:ticket_id/resolve': { thing: 'ticket', body: () => ({ resolution: 'Called' }) },
  'POST /v1/tickets/:ticket_id/close': { thing: 'ticket', body: () => ({}) },
  'POST /v1/tickets/:ticket_id/reopen': { thing: 'closed_ticket', body: () => ({}) },
  'POST /v1/tickets/:ticket_id/merge': {
    thing: 'ticket_to_merge',
    // The body names the ticket that was made last.
    once: 'body',
    body: () => ({ into_ticket_id: lastOther() }),
  },
  'POST /v1/tickets/:ticket_id/escalate': { thing: 'ticket', body: () => ({ to: 'Called' }) },
  'POST /v1/tickets/:ticket_id/links': { thing: 'ticket', body: () => ({ type: 'outage', id: 1 }) },
  'DELETE /v1/tickets/:ticket_id/links/:type/:target_id': { thing: 'linked_ticket' },
  'POST /v1/tickets/:ticket_id/attachments': {
    thing: 'ticket',
    query: '?file_name=called.txt&content_type=text/plain',
    body: () => 'Called',
  },
  'GET /v1/tickets/:ticket_id/attachments': { thing: 'ticket' },
  'GET /v1/tickets/:ticket_id/attachments/:attachment_id': { thing: 'ticket_file' },
  'GET /v1/ticket-categories': {},
  'POST /v1/ticket-categories': { body: () => ({ code: `called_${unique()}`, name: 'Called' }) },
  'PATCH /v1/ticket-categories/:category_id': { thing: 'ticket_category', body: () => ({ name: 'Called' }) },
  'GET /v1/support-teams': {},
  'POST /v1/support-teams': { body: () => ({ name: `Called ${unique()}` }) },
  'PATCH /v1/support-teams/:team_id': { thing: 'support_team', body: () => ({ status: 'retired' }) },
  'POST /v1/sla/check-breaches': {},
  'GET /v1/sla/performance-metrics': {},
  'GET /v1/sla/performance-metrics/breakdown': {},
  'GET /v1/sla/escalations': {},
  'GET /v1/sla/dashboard': {},
  'GET /v1/sla/policies': {},
  'POST /v1/sla/policies': { body: () => ({ ...policy(), support_tier: `Called ${unique()}` }) },
  'GET /v1/sla/policies/:policy_id': { thing: 'sla_policy' },
  'PUT /v1/sla/policies/:policy_id': { thing: 'sla_policy', body: policy },
  'GET /v1/sla/policies/:policy_id/versions': { thing: 'sla_policy' },
  'POST /v1/sla/policies/:policy_id/retire': { thing: 'sla_policy' },
  'GET /v1/sla/calendars': {},
  'POST /v1/sla/calendars': { body: calendar },
  'GET /v1/sla/calendars/:calendar_id': { thing: 'sla_calendar' },
  'PUT /v1/sla/calendars/:calendar_id': { thing: 'sla_calendar', body: calendar },
  'GET /operations/v1/tickets': {},
};
