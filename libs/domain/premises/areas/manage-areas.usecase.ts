import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { AreaStore, type AreaValues } from './area-store.js';
import type { AreaView } from './area.view.js';
import { type GeoJsonGeometry, type Part, partsOf } from './outline.js';

export interface ChangeAreaInput {
  readonly actor: Actor;
  readonly id: number;
  readonly changes: Partial<AreaValues>;
  readonly geometry?: GeoJsonGeometry | undefined;
  readonly ifMatch?: number | undefined;
}

/** Draws, changes and takes away the areas in which lines are sold. Premises find out where they are by a job. */
@Injectable()
export class ManageAreas {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly areas: AreaStore,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `premises.outline.invalid`, `premises.area.key_taken` */
  create({
    actor,
    geometry,
    ...values
  }: AreaValues & { readonly actor: Actor; readonly geometry: GeoJsonGeometry }): Promise<AreaView> {
    const parts = partsOf(geometry);
    return this.uow.run(actor, async () => {
      const area = await this.areas.insert(values, parts);
      this.note(actor, 'area.create', area, { ...values, parts: parts.length });
      return area;
    });
  }

  /** @throws `premises.area.not_found`, `premises.area.version_mismatch`, `premises.outline.invalid`, `premises.area.key_taken` */
  change({ actor, id, changes, geometry, ifMatch }: ChangeAreaInput): Promise<AreaView> {
    const parts = geometry && partsOf(geometry);
    return this.uow.run(actor, async () => {
      const area = await this.areas.lock(id);
      if (ifMatch !== undefined && ifMatch !== area.version) throw premisesErrors('premises.area.version_mismatch');
      const redrawn = parts && !sameParts(parts, (await this.areas.outlines([id])).get(id) ?? []);
      const diff = changesBetween(area, changes);
      if (Object.keys(diff).length === 0 && !redrawn) return area;
      const saved = await this.areas.update(id, { ...area, ...defined(changes) }, redrawn ? parts : undefined);
      this.note(actor, 'area.update', saved, redrawn ? { ...diff, geometry: 'redrawn' } : diff);
      return saved;
    });
  }

  /** Its premises stay, and lie in no area or in another. @throws `premises.area.not_found` */
  remove({ actor, id }: { readonly actor: Actor; readonly id: number }): Promise<void> {
    return this.uow.run(actor, async () => {
      const area = await this.areas.lock(id);
      await this.areas.remove(id);
      this.note(actor, 'area.delete', { ...area, version: area.version + 1 }, { name: [area.name, null] });
    });
  }

  private note(actor: Actor, action: string, area: AreaView, changes: Record<string, unknown>): void {
    this.areas.relocatePremises(area);
    this.audit.record({
      actor,
      partnerId: OPERATOR_PARTNER_ID,
      action,
      subject: { type: 'area', id: area.id },
      changes,
    });
  }
}

const defined = <T extends object>(changes: T): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;

export const sameParts = (one: readonly Part[], other: readonly Part[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
