import type { AbsenceView, RosterView, TechnicianView } from '@isp/domain/workforce';
import { toIsoSeconds } from '@isp/kernel';

export function presentTechnician(technician: TechnicianView) {
  return {
    id: technician.id,
    user_id: technician.userId,
    name: technician.name,
    email: technician.email,
    phone: technician.phone,
    time_zone: technician.timeZone,
    home: technician.home,
    skills: technician.skills,
    area_ids: technician.areaIds,
    status: technician.status,
    version: technician.version,
    created_at: toIsoSeconds(technician.createdAt),
    updated_at: toIsoSeconds(technician.updatedAt),
  };
}

export function presentRosters(rosters: readonly RosterView[]) {
  return {
    rosters: rosters.map(({ validFrom, hours, createdBy, createdAt }) => ({
      valid_from: validFrom,
      hours,
      created_by: createdBy,
      created_at: toIsoSeconds(createdAt),
    })),
  };
}

export function presentAbsence(absence: AbsenceView) {
  return {
    id: absence.id,
    technician_id: absence.technicianId,
    kind: absence.kind,
    starts_at: toIsoSeconds(absence.startsAt),
    ends_at: toIsoSeconds(absence.endsAt),
    note: absence.note,
    created_by: absence.createdBy,
    created_at: toIsoSeconds(absence.createdAt),
  };
}
