import { Injectable } from '@nestjs/common';
import type { Span } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { TECHNICIAN_COLUMNS, type TechnicianView } from '../technicians/technician.view.js';
import { type Roster, shiftsBetween } from './shift.policy.js';

const CREW = statement(
  'technicians-crew',
  `SELECT ${TECHNICIAN_COLUMNS},
          (SELECT coalesce(json_agg(json_build_object('validFrom', r.valid_from::text, 'hours', r.hours)), '[]')
             FROM technician_rosters r WHERE r.technician_id = t.id) AS rosters,
          (SELECT coalesce(json_agg(json_build_object('from', extract(epoch FROM b.starts_at) * 1000, 'until', extract(epoch FROM b.ends_at) * 1000)), '[]')
             FROM technician_absences b WHERE b.technician_id = t.id AND b.ends_at > $2 AND b.starts_at < $3) AS absences
     FROM technicians t WHERE (t.id = $1 OR ($1 IS NULL AND t.status = 'active')) ORDER BY t.id`,
);
const LOCK = statement('technicians-lock-one', 'SELECT id FROM technicians WHERE id = $1 FOR NO KEY UPDATE');

/** Somebody with the time that they work. */
export type CrewMember = TechnicianView & { readonly shifts: readonly Span[] };

/** Who works when. For use inside a transaction of whoever plans with it. */
@Injectable()
export class Crew {
  constructor(private readonly uow: UnitOfWork) {}

  /** Everybody active, or one technician whatever their status, with their shifts from one instant until another. */
  async between(from: Date, until: Date, technicianId: number | null = null): Promise<CrewMember[]> {
    const rows = await this.uow.tx.query<TechnicianView & { rosters: Roster[]; absences: Span[] }>(CREW, [
      technicianId,
      from,
      until,
    ]);
    return rows.map(({ rosters, absences, ...technician }) => {
      const pattern = { timeZone: technician.timeZone, rosters, absences };
      return { ...technician, shifts: shiftsBetween(pattern, { from: from.getTime(), until: until.getTime() }) };
    });
  }

  /** Nobody else plans with this technician until the transaction ends. */
  async hold(technicianId: number): Promise<void> {
    await this.uow.tx.execute(LOCK, [technicianId]);
  }
}
