import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';
import { laterAppointment } from './workforce-fixtures.js';

const hours = [{ weekday: 1, from: '08:00', until: '16:00' }];
const technician = { name: 'Called', time_zone: 'Africa/Johannesburg', skills: ['survey'] };
const away = { starts_at: '2199-03-01T00:00:00Z', ends_at: '2199-03-02T00:00:00Z' };

/** How to call the operations of work orders, of the people in the field and of their appointments. */
export const WORKFORCE_CALLS: Readonly<Record<string, Call>> = {
  'POST /v1/work-orders': { body: () => ({ service_id: 1, type: 'repair', summary: 'Called' }) },
  'GET /v1/work-orders': {},
  'GET /v1/work-orders/:work_order_id': { thing: 'work_order' },
  'PATCH /v1/work-orders/:work_order_id': { thing: 'work_order', body: () => ({ category: `Called ${unique()}` }) },
  'POST /v1/work-orders/:work_order_id/comments': { thing: 'work_order', body: () => ({ text: 'Called' }) },
  'GET /v1/work-orders/:work_order_id/comments': { thing: 'work_order' },
  'GET /v1/work-orders/:work_order_id/history': { thing: 'work_order' },
  'POST /v1/work-orders/:work_order_id/schedule': {
    thing: 'work_order',
    body: () => ({ scheduled_at: '2099-02-02T09:00:00Z' }),
  },
  'POST /v1/work-orders/:work_order_id/assign': { thing: 'work_order', body: () => ({ installer: 'Called Splicers' }) },
  'POST /v1/work-orders/:work_order_id/start': { thing: 'work_order' },
  'POST /v1/work-orders/:work_order_id/hold': { thing: 'work_order', body: () => ({ reason: 'Called' }) },
  'POST /v1/work-orders/:work_order_id/resume': { thing: 'held_work_order' },
  'POST /v1/work-orders/:work_order_id/complete': { thing: 'work_order', body: () => ({ comment: 'Called' }) },
  'POST /v1/work-orders/:work_order_id/cancel': { thing: 'work_order', body: () => ({ reason: 'Called' }) },
  'GET /v1/technicians': {},
  'POST /v1/technicians': { body: () => technician },
  'GET /v1/technicians/:technician_id': { thing: 'technician' },
  'PATCH /v1/technicians/:technician_id': { thing: 'technician', body: () => ({ name: 'Called again' }) },
  'GET /v1/technicians/:technician_id/rosters': { thing: 'technician' },
  'PUT /v1/technicians/:technician_id/rosters': {
    thing: 'technician',
    body: () => ({ valid_from: '2026-01-01', hours }),
  },
  'GET /v1/technicians/:technician_id/absences': { thing: 'technician' },
  'POST /v1/technicians/:technician_id/absences': { thing: 'technician', body: () => away },
  'DELETE /v1/technicians/:technician_id/absences/:absence_id': { thing: 'technician_absence' },
  'GET /v1/technicians/:technician_id/day': { thing: 'technician' },
  'GET /v1/work-orders/:work_order_id/openings': { thing: 'work_order' },
  'POST /v1/work-orders/:work_order_id/appointment': { thing: 'work_order', body: laterAppointment },
  'POST /v1/work-orders/:work_order_id/appointment/cancel': {
    thing: 'booked_work_order',
    body: () => ({ reason: 'Called' }),
  },
  'GET /v1/appointments': {},
  'GET /v1/appointments/:appointment_id': { thing: 'appointment' },
  'GET /v1/visit-terms': {},
  'PATCH /v1/visit-terms/:visit_type': { body: () => ({ minutes: 90 }) },
};
