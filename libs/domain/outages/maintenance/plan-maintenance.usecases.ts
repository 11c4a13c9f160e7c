import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { LevelBook } from '../levels/level-book.js';
import { Notices } from '../notices/notices.js';
import { assertOperator, outageErrors } from '../outages.errors.js';
import { type Place, Topology } from '../topology/topology.js';
import { MaintenanceCalendar } from './maintenance-calendar.js';
import { MAINTENANCE_COLUMNS, type MaintenanceView, stateOf } from './maintenance.view.js';

const INSERT = statement(
  'maintenance-insert',
  `INSERT INTO maintenance_windows (device_id, node_id, title, starts_at, ends_at, listed_at, created_by, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6) RETURNING id`,
);
const LOCK = statement(
  'maintenance-lock',
  `SELECT ${MAINTENANCE_COLUMNS} FROM maintenance_windows w WHERE w.id = $1 FOR UPDATE`,
);
const GET = statement('maintenance-read', `SELECT ${MAINTENANCE_COLUMNS} FROM maintenance_windows w WHERE w.id = $1`);
const CHANGE = statement(
  'maintenance-change',
  `UPDATE maintenance_windows SET title = $2, starts_at = $3, ends_at = $4, status = $5, cancel_reason = $6, version = version + 1,
          updated_at = $7 WHERE id = $1`,
);

export interface PlanMaintenanceInput {
  readonly actor: Actor;
  readonly place: Place;
  /** What customers read. */
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface ChangeMaintenanceInput {
  readonly actor: Actor;
  readonly windowId: number;
  readonly version?: number | undefined;
  readonly title?: string | undefined;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
}

/**
 * Announces work. What was announced before it began is no downtime, so neither can work be announced that has begun,
 * nor can it be made longer then.
 */
@Injectable()
export class PlanMaintenance {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly topology: Topology,
    private readonly calendar: MaintenanceCalendar,
    private readonly notices: Notices,
    private readonly levels: LevelBook,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `outages.place.unknown`, `outages.maintenance.past`, `outages.maintenance.backwards` */
  execute({ actor, place, title, startsAt, endsAt }: PlanMaintenanceInput): Promise<MaintenanceView> {
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      const now = this.clock.now();
      if (startsAt <= now) throw outageErrors('outages.maintenance.past');
      if (endsAt <= startsAt) throw outageErrors('outages.maintenance.backwards');
      await this.topology.nameOf(place);
      const values = [place.deviceId, place.nodeId, title, startsAt, endsAt, now, actor.name];
      const { id } = (await tx.one<{ id: number }>(INSERT, values)) as { id: number };
      await this.calendar.list({ id, ...place }, now);
      const window = await this.read(id);
      await this.notices.ofMaintenance(window, 'planned', now);
      this.note(actor, 'maintenance.plan', id, { ...place, title, starts_at: startsAt, ends_at: endsAt });
      return window;
    });
  }

  /** @throws `outages.maintenance.not_found`, `….stale`, `….over`, `….begun`, `….past`, `….backwards` */
  change({ actor, windowId, version, title, startsAt, endsAt }: ChangeMaintenanceInput): Promise<MaintenanceView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const was = await this.lock(windowId, now);
      if (version !== undefined && version !== was.version) throw outageErrors('outages.maintenance.stale');
      const next = {
        ...was,
        title: title ?? was.title,
        startsAt: startsAt ?? was.startsAt,
        endsAt: endsAt ?? was.endsAt,
      };
      const moved = +next.startsAt !== +was.startsAt;
      if (was.startsAt <= now && (moved || next.endsAt > was.endsAt || next.endsAt < now))
        throw outageErrors('outages.maintenance.begun');
      if (moved && next.startsAt <= now) throw outageErrors('outages.maintenance.past');
      if (next.endsAt <= next.startsAt) throw outageErrors('outages.maintenance.backwards');
      return this.move(actor, was, next, 'changed', now);
    });
  }

  /** Work that has begun ends now. @throws `outages.maintenance.not_found`, `outages.maintenance.over` */
  cancel(actor: Actor, windowId: number, reason: string): Promise<MaintenanceView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const was = await this.lock(windowId, now);
      const next =
        stateOf(was, now) === 'running'
          ? { ...was, endsAt: now }
          : { ...was, status: 'cancelled' as const, cancelReason: reason };
      return this.move(actor, was, next, 'cancelled', now, reason);
    });
  }

  private async move(
    actor: Actor,
    was: MaintenanceView,
    next: MaintenanceView,
    news: 'changed' | 'cancelled',
    now: Date,
    reason?: string,
  ): Promise<MaintenanceView> {
    const { id, title, startsAt, endsAt, status, cancelReason } = next;
    await this.uow.tx.execute(CHANGE, [id, title, startsAt, endsAt, status, cancelReason, now]);
    const window = await this.read(id);
    await this.notices.ofMaintenance(window, news, now);
    const [from, until] = [
      was.startsAt < startsAt ? was.startsAt : startsAt,
      was.endsAt > endsAt ? was.endsAt : endsAt,
    ];
    if (from <= now) await this.levels.touchedByMaintenance(id, from, until < now ? until : now);
    const changes = { title, starts_at: startsAt, ends_at: endsAt, ...(reason ? { reason } : {}) };
    this.note(actor, news === 'changed' ? 'maintenance.change' : 'maintenance.cancel', id, changes);
    return window;
  }

  private async lock(id: number, now: Date): Promise<MaintenanceView> {
    const found = await this.uow.tx.one<MaintenanceView>(LOCK, [id]);
    if (!found) throw outageErrors('outages.maintenance.not_found');
    const state = stateOf(found, now);
    if (state === 'over' || state === 'cancelled') throw outageErrors('outages.maintenance.over', { state });
    return found;
  }

  private async read(id: number): Promise<MaintenanceView> {
    return (await this.uow.tx.one<MaintenanceView>(GET, [id])) as MaintenanceView;
  }

  private note(actor: Actor, action: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'maintenance_window', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes });
  }
}
