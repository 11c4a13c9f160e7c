import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { UserQueries } from '@isp/domain/access';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { type Statement, UnitOfWork, guarded, statement } from '@isp/platform/database';
import { assertOperator, workforceErrors } from '../workforce.errors.js';
import { TECHNICIAN_COLUMNS, type TechnicianView } from './technician.view.js';

// What hangs on the row is read behind its lock, in a statement of its own: this one would show it as it was before.
const LOCK = statement('technicians-lock', 'SELECT id FROM technicians WHERE id = $1 FOR UPDATE');
const GET = statement('technicians-written', `SELECT ${TECHNICIAN_COLUMNS} FROM technicians t WHERE t.id = $1`);
const INSERT = statement(
  'technicians-insert',
  `INSERT INTO technicians (user_id, name, email, phone, time_zone, home_latitude, home_longitude, skills, status)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
);
const SAVE = statement(
  'technicians-save',
  `UPDATE technicians SET user_id = $1, name = $2, email = $3, phone = $4, time_zone = $5, home_latitude = $6, home_longitude = $7,
          skills = $8, status = $9, version = version + 1, updated_at = now() WHERE id = $10 RETURNING id`,
);
const LEAVE_AREAS = statement(
  'technicians-leave-areas',
  'DELETE FROM technician_areas WHERE technician_id = $1 AND area_id <> ALL ($2::bigint[])',
);
const GO_TO_AREAS = statement(
  'technicians-go-to-areas',
  'INSERT INTO technician_areas (technician_id, area_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING',
);

export type TechnicianTerms = Omit<TechnicianView, 'id' | 'version' | 'createdAt' | 'updatedAt'>;
/** What is left out stays. */
export type TechnicianChanges = { readonly [K in keyof TechnicianTerms]?: TechnicianTerms[K] | undefined };

/** The people in the field as they are written, with their audit rows. */
@Injectable()
export class KeepTechnicians {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly users: UserQueries,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `workforce.operator_only`, `workforce.technician.unknown_user`, `….unknown_area`, `….user_taken` */
  add(actor: Actor, terms: TechnicianTerms): Promise<TechnicianView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const id = await this.write(actor, INSERT, terms);
      this.note(actor, 'create', id, { ...terms });
      return this.written(id);
    });
  }

  /**
   * Whoever is made inactive gets no new work; what becomes of their appointments is for those to say who book them.
   * @throws `workforce.operator_only`, `workforce.technician.not_found`, `….stale`, and as `add`
   */
  change(actor: Actor, id: number, ifMatch: number | undefined, changes: TechnicianChanges): Promise<TechnicianView> {
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      if (!(await tx.one(LOCK, [id]))) throw workforceErrors('workforce.technician.not_found');
      const before = await this.written(id);
      if (ifMatch !== undefined && ifMatch !== before.version) throw workforceErrors('workforce.technician.stale');
      const diff = changesBetween(before, changes);
      if (Object.keys(diff).length === 0) return before;
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      await this.write(actor, SAVE, { ...before, ...given }, id);
      this.note(actor, 'change', id, diff);
      return this.written(id);
    });
  }

  private async write(actor: Actor, sql: Statement, terms: TechnicianTerms, id?: number): Promise<number> {
    const { userId, name, email, phone, timeZone, home, skills, status, areaIds } = terms;
    if (userId !== null && !(await this.users.findStaff(actor, userId)))
      throw workforceErrors('workforce.technician.unknown_user');
    const place = [home?.latitude ?? null, home?.longitude ?? null];
    const values = [userId, name, email, phone, timeZone, ...place, [...new Set(skills)].sort(), status];
    const saved = await guarded(this.uow.tx.one<{ id: number }>(sql, id === undefined ? values : [...values, id]), {
      technicians_user_id_key: () => workforceErrors('workforce.technician.user_taken'),
    });
    const key = (saved as { id: number }).id;
    await this.uow.tx.execute(LEAVE_AREAS, [key, areaIds]);
    await guarded(this.uow.tx.execute(GO_TO_AREAS, [key, areaIds]), {
      technician_areas_area_id_fkey: () => workforceErrors('workforce.technician.unknown_area'),
    });
    return key;
  }

  private async written(id: number): Promise<TechnicianView> {
    return (await this.uow.tx.one<TechnicianView>(GET, [id])) as TechnicianView;
  }

  private note(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'technician', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `technician.${verb}`, subject, changes });
  }
}
