export * from './shifts/absences.js';
export * from './shifts/crew.js';
export * from './shifts/rosters.js';
export type { Roster } from './shifts/shift.policy.js';
export * from './technicians/keep-technicians.usecase.js';
export * from './technicians/technician.queries.js';
export {
  type Place,
  TECHNICIAN_STATUSES,
  type TechnicianStatus,
  type TechnicianView,
} from './technicians/technician.view.js';
export * from './workforce.errors.js';
export * from './workforce.module.js';
