import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { TechnicianQueries } from '../technicians/technician.queries.js';
import { workforceErrors } from '../workforce.errors.js';

export const ABSENCE_KINDS = ['leave', 'sick', 'training', 'other'] as const;

export interface AbsenceTerms {
  readonly kind: (typeof ABSENCE_KINDS)[number];
  readonly startsAt: Date;
  /** Not included. */
  readonly endsAt: Date;
  readonly note: string | null;
}
export type AbsenceView = AbsenceTerms & {
  readonly id: number;
  readonly technicianId: number;
  readonly createdBy: string;
  readonly createdAt: Date;
};

const COLUMNS = `id, technician_id AS "technicianId", kind, starts_at AS "startsAt", ends_at AS "endsAt", note,
  created_by AS "createdBy", created_at AS "createdAt"`;
const MATCH = `FROM technician_absences WHERE technician_id = $1 AND ($2::timestamptz IS NULL OR ends_at > $2)
  AND ($3::timestamptz IS NULL OR starts_at < $3)`;
const LIST = statement('technician-absences-list', `SELECT ${COLUMNS} ${MATCH} ORDER BY starts_at LIMIT $4 OFFSET $5`);
const COUNT = statement('technician-absences-count', `SELECT count(*)::integer AS total ${MATCH}`);
const ADD = statement(
  'technician-absences-add',
  `INSERT INTO technician_absences (technician_id, kind, starts_at, ends_at, note, created_by)
   VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
);
const REMOVE = statement(
  'technician-absences-remove',
  `DELETE FROM technician_absences WHERE technician_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
);

/** When technicians are away although a roster has them work. */
@Injectable()
export class Absences {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly technicians: TechnicianQueries,
    private readonly audit: AuditTrail,
  ) {}

  /** Those that touch a stretch of time, in order. @throws `workforce.technician.not_found` */
  async list(
    actor: Actor,
    technicianId: number,
    { from, until }: { readonly from?: Date | undefined; readonly until?: Date | undefined },
    page: { readonly limit: number; readonly offset: number },
  ) {
    await this.technicians.get(actor, technicianId);
    const values = [technicianId, from ?? null, until ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<AbsenceView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `workforce.technician.not_found`, `workforce.absence.backwards`, `workforce.absence.overlaps` */
  add(actor: Actor, technicianId: number, { kind, startsAt, endsAt, note }: AbsenceTerms): Promise<AbsenceView> {
    return this.uow.run(actor, async (tx) => {
      await this.technicians.get(actor, technicianId);
      if (endsAt <= startsAt) throw workforceErrors('workforce.absence.backwards');
      const values = [technicianId, kind, startsAt, endsAt, note, actor.name];
      const made = await guarded(tx.one<AbsenceView>(ADD, values), {
        technician_absences_once: () => workforceErrors('workforce.absence.overlaps'),
      });
      this.audited(actor, 'absence', made as AbsenceView);
      return made as AbsenceView;
    });
  }

  /** @throws `workforce.technician.not_found`, `workforce.absence.not_found` */
  remove(actor: Actor, technicianId: number, id: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      await this.technicians.get(actor, technicianId);
      const gone = await tx.one<AbsenceView>(REMOVE, [technicianId, id]);
      if (!gone) throw workforceErrors('workforce.absence.not_found');
      this.audited(actor, 'no_absence', gone);
    });
  }

  private audited(actor: Actor, verb: string, { technicianId, kind, startsAt, endsAt }: AbsenceView): void {
    const subject = { type: 'technician', id: technicianId };
    const changes = { kind, starts_at: startsAt, ends_at: endsAt };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `technician.${verb}`, subject, changes });
  }
}
