import { bodyId, calendarDay, instant, intId, line, wholeNumber } from '@isp/apis/shared';
import { APPOINTMENT_STATUSES, WORK_ORDER_TYPES, APPOINTMENT_SORTING } from '@isp/domain/work-orders';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';
import { skills, technicianExample, technicianShape } from './technician.schema.js';

const maybe = z.string().nullable();
export const workOrderType = z.enum(WORK_ORDER_TYPES);

export const appointmentsQuery = sortedQuery(
  {
    technician_id: intId.optional(),
    work_order_id: intId.optional(),
    status: z.enum(APPOINTMENT_STATUSES).optional(),
    from: instant.optional(),
    until: instant.optional(),
  },
  APPOINTMENT_SORTING,
);
export type AppointmentsQuery = z.infer<typeof appointmentsQuery>;

export const appointmentShape = z.object({
  id: z.int(),
  work_order_id: z.int(),
  reference: z.string(),
  type: workOrderType,
  summary: maybe,
  customer_id: z.int(),
  customer: z.string(),
  customer_phone: z.string(),
  address: maybe,
  place: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  technician_id: z.int(),
  technician: z.string(),
  starts_at: z.string(),
  ends_at: z.string(),
  status: z.enum(APPOINTMENT_STATUSES),
  reasons: z
    .array(z.string())
    .describe('For the operator: why this technician then, as it was known when it was booked'),
  cancel_reason: maybe,
  booked_by: z.string(),
  created_at: z.string(),
  closed_at: maybe,
});
export const appointmentsShape = listShape('appointments', appointmentShape);
export const appointmentExample = {
  id: 12,
  work_order_id: 17,
  reference: '20241016-399307266',
  type: 'installation',
  summary: null,
  customer_id: 123,
  customer: 'John Doe',
  customer_phone: '+1 202 555 0147',
  address: '12 Oak Street, Parkview, Johannesburg',
  place: { latitude: -26.1613322, longitude: 28.0294521 },
  technician_id: 4,
  technician: 'Thandi Nkosi',
  starts_at: '2024-10-18T08:00:00Z',
  ends_at: '2024-10-18T10:00:00Z',
  status: 'booked',
  reasons: [
    'has fibre_installation, and 1 that others may need',
    '3.9 km, 6 minutes on the road',
    '25 % of the shift is booked',
  ],
  cancel_reason: null,
  booked_by: 'user:12',
  created_at: '2024-10-16T12:00:00Z',
  closed_at: null,
};

export const bookBody = z
  .strictObject({ technician_id: bodyId.optional(), starts_at: instant.optional(), anyway: z.boolean().default(false) })
  .refine(
    ({ technician_id: who, starts_at: when, anyway }) => !anyway || (who !== undefined && when !== undefined),
    'anyway needs a technician and a time',
  )
  .default({ anyway: false });
export type BookBody = z.infer<typeof bookBody>;
export const cancelBody = z.strictObject({ reason: line(500) });
export type CancelBody = z.infer<typeof cancelBody>;

export const openingsQuery = z.strictObject({
  technician_id: intId.optional(),
  from: instant.optional(),
  until: instant.optional(),
  sort: z.enum(['best', 'soonest']).default('best'),
  limit: wholeNumber(200).default(20),
});
export type OpeningsQuery = z.infer<typeof openingsQuery>;
export const openingsShape = z.object({
  openings: z.array(
    z.object({
      technician_id: z.int(),
      technician: z.string(),
      starts_at: z.string(),
      ends_at: z.string(),
      distance_km: z.number().nullable().describe('On the road there; null when a place is unknown'),
      travel_minutes: z.int().describe('There, and on to the next visit'),
      load_percent: z.int().describe('Of the shift that is booked already'),
      cost: z.number().describe('The sum of the costs of the reasons, in minutes on the road: less is better'),
      reasons: z.array(z.object({ factor: z.string(), detail: z.string(), cost: z.number() })),
    }),
  ),
  unfit: z.array(z.object({ technician_id: z.int(), technician: z.string(), why: z.array(z.string()) })),
});
export const openingsExample = {
  openings: [
    {
      technician_id: 4,
      technician: 'Thandi Nkosi',
      starts_at: '2024-10-18T08:00:00Z',
      ends_at: '2024-10-18T10:00:00Z',
      distance_km: 3.9,
      travel_minutes: 6,
      load_percent: 25,
      cost: 53.5,
      reasons: [
        { factor: 'skill', detail: 'has fibre_installation, and 1 that others may need', cost: 5 },
        { factor: 'distance', detail: '3.9 km, 6 minutes on the road', cost: 6 },
        { factor: 'load', detail: '25 % of the shift is booked', cost: 12.5 },
        { factor: 'wait', detail: '1.0 days from the first possible time', cost: 30 },
      ],
    },
  ],
  unfit: [{ technician_id: 5, technician: 'Sipho Dlamini', why: ['does not have fibre_installation'] }],
};

export const dayQuery = z.strictObject({ date: calendarDay.optional() });
export type DayQuery = z.infer<typeof dayQuery>;
export const dayShape = z.object({
  date: z.string(),
  technician: technicianShape,
  shifts: z.array(z.object({ from: z.string(), until: z.string() })),
  appointments: z.array(appointmentShape),
});
export const dayExample = {
  date: '2024-10-18',
  technician: technicianExample,
  shifts: [{ from: '2024-10-18T06:00:00Z', until: '2024-10-18T14:30:00Z' }],
  appointments: [appointmentExample],
};

export const termsBody = z
  .strictObject({
    minutes: z.int().min(5).max(1_440).optional(),
    skills: skills.optional(),
    notice_minutes: z.int().min(0).max(86_400).optional(),
    horizon_days: z.int().min(1).max(120).optional(),
    automatic: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type TermsBody = z.infer<typeof termsBody>;
export const termsShape = z.object({
  type: workOrderType,
  minutes: z.int().describe('How long a visit takes'),
  skills: z.array(z.string()).describe('What whoever goes must be able to do'),
  notice_minutes: z.int().describe('No time is offered that is nearer'),
  horizon_days: z.int().describe('No time is offered that is further'),
  automatic: z.boolean().describe('New work orders are given their appointment without anybody asking'),
  version: z.int(),
  updated_at: z.string(),
});
export const allTermsShape = z.object({ visit_terms: z.array(termsShape) });
export const termsExample = {
  type: 'repair',
  minutes: 90,
  skills: ['fault_finding'],
  notice_minutes: 60,
  horizon_days: 7,
  automatic: false,
  version: 1,
  updated_at: '2025-01-29T10:30:00Z',
};
