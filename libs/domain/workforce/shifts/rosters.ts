import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement } from '@isp/platform/database';
import { TechnicianQueries } from '../technicians/technician.queries.js';
import type { Roster } from './shift.policy.js';

export type RosterView = Roster & { readonly createdBy: string; readonly createdAt: Date };

const LIST = statement(
  'technician-rosters-list',
  `SELECT valid_from::text AS "validFrom", hours, created_by AS "createdBy", created_at AS "createdAt"
     FROM technician_rosters WHERE technician_id = $1 ORDER BY valid_from DESC`,
);
const SET = statement(
  'technician-rosters-set',
  `INSERT INTO technician_rosters (technician_id, valid_from, hours, created_by) VALUES ($1, $2, $3, $4)
   ON CONFLICT (technician_id, valid_from) DO UPDATE SET hours = excluded.hours, created_by = excluded.created_by, created_at = now()`,
);

/** The hours that technicians work, each roster from a day on. */
@Injectable()
export class Rosters {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly technicians: TechnicianQueries,
    private readonly audit: AuditTrail,
  ) {}

  /** All of a technician, the latest first. @throws `workforce.technician.not_found` */
  async list(actor: Actor, technicianId: number): Promise<RosterView[]> {
    await this.technicians.get(actor, technicianId);
    return this.uow.read(actor, (tx) => tx.query<RosterView>(LIST, [technicianId]));
  }

  /**
   * From a day on; one that began that day is replaced. Without hours nobody works from then on. Appointments that lie
   * outside stay: the day of a technician shows them.
   * @throws `workforce.technician.not_found`
   */
  set(actor: Actor, technicianId: number, { validFrom, hours }: Roster): Promise<RosterView[]> {
    return this.uow.run(actor, async (tx) => {
      await this.technicians.get(actor, technicianId);
      await tx.execute(SET, [technicianId, validFrom, JSON.stringify(hours), actor.name]);
      const subject = { type: 'technician', id: technicianId };
      const changes = { valid_from: validFrom, hours };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'technician.roster', subject, changes });
      return tx.query<RosterView>(LIST, [technicianId]);
    });
  }
}
