import {
  bodyId,
  calendarDay,
  emailAddress,
  instant,
  intId,
  line,
  openingHours,
  openingHoursShape,
  phoneNumber,
  searchText,
  timeZone,
} from '@isp/apis/shared';
import { ABSENCE_KINDS, TECHNICIAN_STATUSES, TECHNICIAN_SORTING } from '@isp/domain/workforce';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const maybe = z.string().nullable();
const status = z.enum(TECHNICIAN_STATUSES);
export const skill = z.string().regex(/^[a-z][a-z0-9_]{1,59}$/, 'must be lower-case letters, digits and underscores');
export const skills = z.array(skill).max(50);
const place = z.strictObject({
  latitude: z.number().min(-90).max(90).describe('Degrees, WGS 84'),
  longitude: z.number().min(-180).max(180),
});

const values = {
  user_id: bodyId.nullable().optional(),
  email: emailAddress.nullable().optional(),
  phone: phoneNumber.nullable().optional(),
  home: place.nullable().optional(),
  skills: skills.optional(),
  area_ids: z.array(bodyId).max(500).optional(),
  status: status.optional(),
};
export const newTechnicianBody = z.strictObject({ name: line(120), time_zone: timeZone, ...values });
export type NewTechnicianBody = z.infer<typeof newTechnicianBody>;
export const changeTechnicianBody = z
  .strictObject({
    name: line(120).optional(),
    time_zone: timeZone.optional(),
    ...values,
    reassign: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something')
  .refine(({ status: to, reassign }) => reassign === undefined || to === 'inactive', {
    path: ['reassign'],
    error: 'goes with status inactive',
  });
export type ChangeTechnicianBody = z.infer<typeof changeTechnicianBody>;

export const techniciansQuery = sortedQuery(
  {
    status: status.optional(),
    skill: skill.optional(),
    area_id: intId.optional(),
    q: searchText(100),
  },
  TECHNICIAN_SORTING,
);
export type TechniciansQuery = z.infer<typeof techniciansQuery>;

export const technicianShape = z.object({
  id: z.int(),
  user_id: z.int().nullable().describe('The log-in of the same person'),
  name: z.string(),
  email: maybe,
  phone: maybe,
  time_zone: z.string().describe('IANA name: the clocks that shifts are told by'),
  home: z.object({ latitude: z.number(), longitude: z.number() }).nullable().describe('Where a day begins'),
  skills: z.array(z.string()),
  area_ids: z.array(z.int()).describe('Goes to these areas only; everywhere when there are none'),
  status,
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const techniciansShape = listShape('technicians', technicianShape);
export const newTechnicianExample = {
  name: 'Thandi Nkosi',
  email: 'thandi@operator.example',
  phone: '+27 82 555 0134',
  time_zone: 'Africa/Johannesburg',
  home: { latitude: -26.1813322, longitude: 28.0494521 },
  skills: ['fault_finding', 'fibre_installation'],
};
export const technicianExample = {
  id: 4,
  user_id: null,
  ...newTechnicianExample,
  area_ids: [],
  status: 'active',
  version: 1,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const rosterBody = z.strictObject({ valid_from: calendarDay, hours: openingHours });
export type RosterBody = z.infer<typeof rosterBody>;
export const rostersShape = z.object({
  rosters: z.array(
    z.object({ valid_from: z.string(), hours: openingHoursShape, created_by: z.string(), created_at: z.string() }),
  ),
});
export const rosterExample = {
  valid_from: '2025-02-01',
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '08:00', until: '16:30' })),
};
export const rostersExample = {
  rosters: [{ ...rosterExample, created_by: 'user:12', created_at: '2025-01-29T10:30:00Z' }],
};

export const absenceBody = z.strictObject({
  kind: z.enum(ABSENCE_KINDS).default('leave'),
  starts_at: instant,
  ends_at: instant,
  note: line(500).nullable().default(null),
});
export type AbsenceBody = z.infer<typeof absenceBody>;
export const absencesQuery = listQuery({ from: instant.optional(), until: instant.optional() });
export type AbsencesQuery = z.infer<typeof absencesQuery>;
export const absenceShape = z.object({
  id: z.int(),
  technician_id: z.int(),
  kind: z.enum(ABSENCE_KINDS),
  starts_at: z.string(),
  ends_at: z.string(),
  note: maybe,
  created_by: z.string(),
  created_at: z.string(),
});
export const absencesShape = listShape('absences', absenceShape);
export const newAbsenceExample = {
  kind: 'leave',
  starts_at: '2025-03-03T00:00:00+02:00',
  ends_at: '2025-03-08T00:00:00+02:00',
};
export const absenceExample = {
  id: 9,
  technician_id: 4,
  kind: 'leave',
  starts_at: '2025-03-02T22:00:00Z',
  ends_at: '2025-03-07T22:00:00Z',
  note: null,
  created_by: 'user:12',
  created_at: '2025-01-29T10:30:00Z',
};
